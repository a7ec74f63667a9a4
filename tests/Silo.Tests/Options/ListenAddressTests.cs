using OrleansBroker.Silo.Options;

namespace OrleansBroker.Silo.Tests.Options;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:1883", true)]
    [InlineData("127.8.0.1:0", true)]
    [InlineData("localhost:1883", true)]
    [InlineData("[::1]:1883", true)]
    [InlineData("0.0.0.0:1883", false)]
    [InlineData("*:1883", false)]
    [InlineData("[::]:1883", false)]
    [InlineData("192.168.1.2:65535", false)]
    public void TryParse_Address_IsReadAndWrittenAlike(string text, bool isLoopback)
    {
        Assert.True(ListenAddress.TryParse(text, out var address));
        Assert.Equal(text, address!.ToString());
        Assert.Equal(isLoopback, address.IsLoopback);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1883")]
    [InlineData(":1883")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("127.1:1883")]
    [InlineData("::1:1883")]
    [InlineData("[127.0.0.1]:1883")]
    [InlineData("[::1:1883")]
    [InlineData("broker.example:1883")]
    [InlineData("256.0.0.1:1883")]
    public void TryParse_SomethingElse_IsRefused(string text) => Assert.False(ListenAddress.TryParse(text, out _));

    [Theory]
    [InlineData("localhost:1883", true, "127.0.0.1:1883 [::1]:1883")]
    [InlineData("localhost:1883", false, "127.0.0.1:1883")]
    [InlineData("localhost:0", true, "127.0.0.1:0")]
    [InlineData("*:1883", true, "[::]:1883")]
    [InlineData("*:1883", false, "0.0.0.0:1883")]
    [InlineData("[::1]:1883", true, "[::1]:1883")]
    public void Resolve_Machine_GivesItsAddresses(string text, bool hasIPv6, string expected)
    {
        Assert.True(ListenAddress.TryParse(text, out var address));
        Assert.Equal(expected, string.Join(' ', address!.Resolve(hasIPv6)));
    }
}
