using System.Text;

namespace OrleansBroker.Gateway.Admission.Enhanced.Scram;

/// <summary>Names in messages: a comma is written <c>=2C</c>, an equals sign <c>=3D</c>, and no other <c>=</c> may stand there (RFC 5802 section 5.1).</summary>
internal static class ScramName
{
    // An equals sign and two digits.
    private const int EscapeLength = 3;

    /// <returns>Null when the text is no name.</returns>
    public static string? Unescape(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
            return null;
        var name = new StringBuilder(text.Length);
        while (text.IndexOf('=') is var at and >= 0)
        {
            name.Append(text[..at]);
            var escape = text[at..];
            if (escape.StartsWith("=2C", StringComparison.Ordinal))
                name.Append(',');
            else if (escape.StartsWith("=3D", StringComparison.Ordinal))
                name.Append('=');
            else
                return null;
            text = escape[EscapeLength..];
        }
        return name.Append(text).ToString();
    }
}
