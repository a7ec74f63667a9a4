using System.Net;
using System.Net.Sockets;
using OrleansBroker.Silo.Hosting;
using OrleansBroker.Silo.Listening;
using OrleansBroker.Silo.Options;

namespace OrleansBroker.Silo.Tests.Listening;

public sealed class BoundListenersTests
{
    [Fact]
    public void Bind_PortsToChoose_AreRealAndInTheReadyLine()
    {
        using var listeners = BoundListeners.Bind(Options("127.0.0.1:0", "127.0.0.1:0"));

        var ports = listeners.All.Select(bound => bound.EndPoint.Port).ToList();
        Assert.DoesNotContain(0, ports);
        Assert.Equal(
            $"ready tcp=127.0.0.1:{ports[0]};127.0.0.1:{ports[1]} http=127.0.0.1:{ports[2]} node=n1",
            ReadyLine.Format(listeners.All, "n1"));
    }

    [Fact]
    public void Bind_OneInUse_NamesOptionAndAddress()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();

        var failure = Assert.Throws<ListenerFailedException>(() => BoundListeners.Bind(Options("127.0.0.1:0", other.LocalEndpoint.ToString()!)));

        Assert.Equal("Broker:Listeners:Tcp", failure.OptionKey);
        Assert.Equal(other.LocalEndpoint, failure.EndPoint);
    }

    [Fact]
    public void Bind_AddressOfAnotherMachine_NamesTheOption() =>
        // TEST-NET-1: nobody has it.
        Assert.Equal("Broker:Listeners:Tcp", Assert.Throws<ListenerFailedException>(() => BoundListeners.Bind(Options("192.0.2.1:0"))).OptionKey);

    [Fact]
    public async Task Listen_BeforeAndAfter_LetsClientsInOnlyAfter()
    {
        using var listeners = BoundListeners.Bind(Options("127.0.0.1:0"));
        var bound = listeners.Of(Listener.Tcp).Single();
        using var early = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(async () => await early.ConnectAsync(bound.EndPoint, TestContext.Current.CancellationToken));

        using var socket = listeners.Listen(bound.EndPoint);

        using var client = new TcpClient();
        await client.ConnectAsync(bound.EndPoint, TestContext.Current.CancellationToken);
        Assert.True(client.Connected);
    }

    private static BrokerOptions Options(params string[] tcp) => new()
    {
        Listeners = new() { Tcp = [.. tcp.Select(Parse)], WebSocket = [] },
        Http = new() { Listen = [Parse("127.0.0.1:0")] },
    };

    private static ListenAddress Parse(string text)
    {
        Assert.True(ListenAddress.TryParse(text, out var address));
        return address!;
    }
}
