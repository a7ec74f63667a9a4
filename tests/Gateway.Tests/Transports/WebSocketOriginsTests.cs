using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using OrleansBroker.Gateway.Transports;

namespace OrleansBroker.Gateway.Tests.Transports;

/// <summary>What the conformance tests cannot reach: requests from other machines, and headers that no browser sends.</summary>
public sealed class WebSocketOriginsTests
{
    [Theory]
    [InlineData("https://broker.example", "broker.example", true)]
    [InlineData("https://broker.example", "BROKER.example:8083", true)]
    [InlineData("https://[2001:db8::1]:444", "[2001:db8::1]:8083", true)]
    [InlineData("http://localhost:3000", "broker.example", true)]
    [InlineData("https://broker.example.evil", "broker.example", false)]
    [InlineData("https://evil.example", "broker.example", false)]
    [InlineData("https://evil.example", "", false)]
    [InlineData("null", "null", false)]
    public void IsAllowed_FromAnotherMachine_IsTheHostThatTheRequestNames(string origin, string host, bool allowed) =>
        Assert.Equal(allowed, new WebSocketOrigins([]).IsAllowed(origin, new HostString(host), isLocal: false));

    [Fact]
    public void IsAllowed_FromThisMachine_TakesNoHostForItsOwn() =>
        Assert.False(new WebSocketOrigins([]).IsAllowed("https://broker.example", new HostString("broker.example"), isLocal: true));

    [Fact]
    public void IsAllowed_SeveralOrigins_IsFalse()
    {
        var two = new StringValues(["http://localhost", "http://localhost"]);
        Assert.False(new WebSocketOrigins([]).IsAllowed(two, new HostString("localhost"), isLocal: true));
        Assert.False(new WebSocketOrigins(["http://localhost"]).IsAllowed(two, new HostString("localhost"), isLocal: true));
    }

    [Theory]
    [InlineData("https://a.example", true)]
    [InlineData("https://A.example:443", true)]
    [InlineData("https://a.example:444", false)]
    [InlineData("https://a.example/x", false)]
    [InlineData("http://b.example", true)]
    public void IsAllowed_Listed_ComparesSchemeHostAndPort(string origin, bool allowed) => Assert.Equal(
        allowed, new WebSocketOrigins(["https://a.example", "http://B.example:80"]).IsAllowed(origin, new HostString("a.example"), isLocal: true));
}
