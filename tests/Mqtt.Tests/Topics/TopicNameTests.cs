using System.Text;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Mqtt.Tests.Topics;

public sealed class TopicNameTests
{
    [Theory]
    [InlineData("a", SpecViolation.None)]
    [InlineData("/", SpecViolation.None)]
    [InlineData("//a//", SpecViolation.None)]
    [InlineData("$SYS/a b", SpecViolation.None)]
    [InlineData("ﬁ/é/中/\U0001F600/\uFEFF", SpecViolation.None)]
    [InlineData("", SpecViolation.TopicNameEmpty)]
    [InlineData("+", SpecViolation.TopicNameWildcard)]
    [InlineData("a#", SpecViolation.TopicNameWildcard)]
    [InlineData("a\0", SpecViolation.NullCharacter)]
    public void Validate_Text_GivesExpected(string text, SpecViolation expected) =>
        Assert.Equal(expected, TopicName.Validate(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("C080")] // NUL, overlong
    [InlineData("EDA080")] // U+D800
    [InlineData("EDBFBF")] // U+DFFF
    [InlineData("F4908080")] // U+110000
    [InlineData("FF")]
    [InlineData("61C3")] // cut in mid-character
    public void Validate_IllFormedUtf8_IsRefused(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        Assert.Equal(SpecViolation.IllFormedUtf8, TopicName.Validate(bytes));
        Assert.False(TopicName.TryParse(bytes, out var name, out var violation));
        Assert.Null(name);
        Assert.Equal(SpecViolation.IllFormedUtf8, violation);
    }

    [Fact]
    public void Validate_Levels_AreBounded()
    {
        Assert.Equal(SpecViolation.None, TopicName.Validate(Encoding.UTF8.GetBytes(new string('/', TopicName.MaximumLevels - 1))));
        Assert.Equal(SpecViolation.TopicNameTooManyLevels, TopicName.Validate(Encoding.UTF8.GetBytes(new string('/', TopicName.MaximumLevels))));
    }

    [Fact]
    public void TryParse_BeyondTheLengthField_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => TopicName.TryParse(new byte[TopicName.MaximumBytes + 1], out _, out _));

    [Fact]
    public void Parse_SameText_IsEqualWithoutNormalization()
    {
        Assert.Equal(TopicName.Parse("é"), TopicName.Parse("é"));
        Assert.NotEqual(TopicName.Parse("\u00E9"), TopicName.Parse("e\u0301"));
        Assert.Equal("a/b"u8.ToArray(), TopicName.Parse("a/b").Utf8.ToArray());
        Assert.Throws<ArgumentException>(() => TopicName.Parse("a/+"));
    }
}
