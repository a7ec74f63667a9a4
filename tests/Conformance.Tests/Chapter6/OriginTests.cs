using OrleansBroker.TestKit;
using OrleansBroker.TestKit.WebSockets;

namespace OrleansBroker.Conformance.Tests.Chapter6;

/// <summary>A web page opens WebSockets to any address in its reader's name: which pages may.</summary>
public sealed class OriginTests(BrokerFixture broker)
{
    private const int Forbidden = 403;

    [Theory]
    [InlineData("http://localhost")]
    [InlineData("https://LOCALHOST:3000")]
    [InlineData("http://127.0.0.1:8080")]
    [InlineData("http://[::1]:8080")]
    public async Task Handshake_PageFromLoopback_IsServed(string origin) => Assert.Equal(HttpAnswer.SwitchingProtocols, await AskAsync(broker.WebSocket, origin));

    [Theory]
    [InlineData("http://example.com")]
    [InlineData("http://localhost.example.com")]
    [InlineData("http://127.0.0.1.example.com")]
    [InlineData("http://127.0.0.1@example.com")]
    [InlineData("null")]
    [InlineData("file://")]
    [InlineData("localhost")]
    public async Task Handshake_PageFromElsewhere_IsForbidden(string origin) => Assert.Equal(Forbidden, await AskAsync(broker.WebSocket, origin));

    // A page whose name was made to mean 127.0.0.1 names the same host twice.
    [Fact]
    public async Task Handshake_PageThatNamesItselfAsHost_IsForbiddenOnLoopback() =>
        Assert.Equal(Forbidden, await AskAsync(broker.WebSocket, "http://example.com:8083", "Host: example.com:8083"));

    [Fact]
    public async Task WebSocketOrigins_Listed_AreTheOnlyPages()
    {
        await using var own = await OwnBroker.OwnBroker.StartAsync("Broker:Listeners:WebSocketOrigins=https://a.example;http://b.example:81");
        Assert.Equal(HttpAnswer.SwitchingProtocols, await AskAsync(own.WebSocket, "https://a.example"));
        Assert.Equal(HttpAnswer.SwitchingProtocols, await AskAsync(own.WebSocket, "http://b.example:81"));
        Assert.Equal(Forbidden, await AskAsync(own.WebSocket, "http://a.example"));
        Assert.Equal(Forbidden, await AskAsync(own.WebSocket, "http://b.example"));
        Assert.Equal(Forbidden, await AskAsync(own.WebSocket, "http://localhost"));
        Assert.Equal(HttpAnswer.SwitchingProtocols, await AskAsync(own.WebSocket, origin: ""));
    }

    [Fact]
    public async Task WebSocketOrigins_Star_AreAll()
    {
        await using var own = await OwnBroker.OwnBroker.StartAsync("Broker:Listeners:WebSocketOrigins=*");
        Assert.Equal(HttpAnswer.SwitchingProtocols, await AskAsync(own.WebSocket, "https://a.example"));
        Assert.Equal(HttpAnswer.SwitchingProtocols, await AskAsync(own.WebSocket, "null"));
    }

    private static async Task<int> AskAsync(Endpoint endpoint, string origin, params string[] headers)
    {
        Assert.SkipWhen(BrokerProcess.IsForeign, "which pages may connect is each broker's own matter");
        await using var raw = await RawWebSocket.OpenAsync(endpoint);
        return (await raw.HandshakeAsync(endpoint, headers: [$"Origin: {origin}", .. headers])).Status;
    }
}
