using OrleansBroker.Silo.Options.Values;

namespace OrleansBroker.Silo.Tests.Options;

public sealed class DurationTextTests
{
    [Theory]
    [InlineData("200us", 2_000)]
    [InlineData("500ms", 5_000_000)]
    [InlineData("10s", 100_000_000)]
    [InlineData("1.5 s", 15_000_000)]
    [InlineData("15M", 9_000_000_000)]
    [InlineData("2h", 72_000_000_000)]
    [InlineData("1d", 864_000_000_000)]
    [InlineData("00:00:10", 100_000_000)]
    [InlineData("1.00:00:00", 864_000_000_000)]
    [InlineData("0s", 0)]
    [InlineData("4294967295s", 42_949_672_950_000_000)]
    public void TryParse_Time_IsRead(string text, long ticks)
    {
        Assert.True(DurationText.TryParse(text, out var value));
        Assert.Equal(ticks, value.Ticks);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("-00:00:10")]
    [InlineData("1e3s")]
    [InlineData("1,000s")]
    [InlineData("99999999999999999999d")]
    [InlineData("10 parsecs")]
    [InlineData("10:99")]
    public void TryParse_SomethingElse_IsRefused(string text) => Assert.False(DurationText.TryParse(text, out _));

    [Theory]
    [InlineData("200us")]
    [InlineData("1500ms")]
    [InlineData("90s")]
    [InlineData("15m")]
    [InlineData("25h")]
    [InlineData("2d")]
    [InlineData("0s")]
    public void Format_Parsed_IsTheSameText(string text)
    {
        Assert.True(DurationText.TryParse(text, out var value));
        Assert.Equal(text, DurationText.Format(value));
    }
}
