using System.Text;
using OrleansBroker.Silo.Logging;

namespace OrleansBroker.Silo.Tests.Logging;

public sealed class LineFormatterTests
{
    [Theory]
    [InlineData("plain é 漢 😀", "plain é 漢 😀")]
    [InlineData("two\nlines\r", "two\\nlines\\u000d")]
    [InlineData("\u001b[2J\0\u007f\u0085", "\\u001b[2J\\u0000\\u007f\\u0085")]
    [InlineData("a\u2028b\u202eb\u2066", "a\\u2028b\\u202eb\\u2066")]
    public void AppendEscaped_TextOfAClient_StaysOneHarmlessLine(string text, string expected)
    {
        var line = new StringBuilder();

        LineFormatter.AppendEscaped(line, text);

        Assert.Equal(expected, line.ToString());
    }
}
