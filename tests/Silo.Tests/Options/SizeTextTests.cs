using OrleansBroker.Silo.Options.Values;

namespace OrleansBroker.Silo.Tests.Options;

public sealed class SizeTextTests
{
    [Theory]
    [InlineData("1048576", 1_048_576)]
    [InlineData("1MiB", 1_048_576)]
    [InlineData("64 kib", 65_536)]
    [InlineData("1.5KiB", 1_536)]
    [InlineData("2GiB", 2_147_483_648)]
    [InlineData("1TiB", 1_099_511_627_776)]
    [InlineData("7B", 7)]
    [InlineData("0", 0)]
    public void TryParse_Size_IsRead(string text, long bytes)
    {
        Assert.True(SizeText.TryParse(text, out long value));
        Assert.Equal(bytes, value);
        Assert.True(SizeText.TryParse(SizeText.Format(value), out long again));
        Assert.Equal(bytes, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("MiB")]
    [InlineData("1MB")]
    [InlineData("1M")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("1e6")]
    [InlineData("9999999999TiB")]
    public void TryParse_SomethingElse_IsRefused(string text) => Assert.False(SizeText.TryParse(text, out _));
}
