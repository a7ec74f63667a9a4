using System.Net;
using OrleansBroker.Gateway.Connections;
using OrleansBroker.Gateway.Transports.Epoll;

namespace OrleansBroker.Gateway.Tests.Connections;

public sealed class ConnectionOriginTests
{
    [Theory]
    [InlineData("127.0.0.1:1", "127.0.0.1:1", true)]
    [InlineData("127.9.8.7:65535", "127.9.8.7:65535", true)]
    [InlineData("128.0.0.1:1883", "128.0.0.1:1883", false)]
    [InlineData("10.1.2.3:4000", "10.1.2.3:4000", false)]
    [InlineData("0.0.0.1:1", "0.0.0.1:1", false)]
    [InlineData("[::1]:1", "[::1]:1", true)]
    [InlineData("[::2]:1", "[::2]:1", false)]
    [InlineData("[2001:db8::17]:50000", "[2001:db8::17]:50000", false)]
    [InlineData("[fe80::1%3]:50000", "[fe80::1%3]:50000", false)]
    [InlineData("[::ffff:10.1.2.3]:4000", "10.1.2.3:4000", false)]
    [InlineData("[::ffff:127.0.0.1]:4000", "127.0.0.1:4000", true)]
    public void Of_AnAddress_TellsItAgain(string given, string told, bool isLoopback)
    {
        var origin = ConnectionOrigin.Of(IPEndPoint.Parse(given));
        Assert.Equal((IPEndPoint.Parse(told), isLoopback), (origin.Remote, origin.IsLoopback));
    }

    [Fact]
    public void Of_NoAddress_IsNotKnown()
    {
        var origin = ConnectionOrigin.Of(new DnsEndPoint("localhost", 1));
        Assert.Equal((null, false), (origin.Remote, origin.IsLoopback));
    }

    [Theory]
    [InlineData("0200" + "1F90" + "0A010203" + "0000000000000000", "10.1.2.3:8080")] // sockaddr_in
    [InlineData("0A00" + "1F90" + "00000000" + "FE800000000000000000000000000001" + "03000000", "[fe80::1%3]:8080")] // sockaddr_in6
    [InlineData("0100" + "0000000000000000000000000000", null)] // sockaddr_un
    public void Read_ASocketAddress_IsWhereTheClientIs(string bytes, string? told)
    {
        var origin = PeerAddress.Read(Convert.FromHexString(bytes));
        Assert.Equal(told is null ? null : IPEndPoint.Parse(told), origin.Remote);
    }
}
