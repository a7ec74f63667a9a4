using System.Net;
using System.Net.Sockets;
using OrleansBroker.Broker.Options;
using OrleansBroker.Gateway.Tests.Connections;

namespace OrleansBroker.Gateway.Tests.Transports;

/// <content>Clients that come, and those that never become one.</content>
public abstract partial class TcpTransportContract
{
    /// <summary>Anonymous access depends on it.</summary>
    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", "127.0.0.1")]
    [InlineData("::1", "::1", "::1")]
    [InlineData("::", "::1", "::1")]
    [InlineData("::", "127.0.0.1", "127.0.0.1")]
    [InlineData("::", "127.0.0.2", "127.0.0.1")]
    [InlineData("0.0.0.0", "127.0.0.1", "127.0.0.1")]
    public async Task Accept_FromLoopback_IsKnownByItsAddressInItsOwnFamily(string listen, string to, string origin)
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "IPv6 is off on this machine");
        await using var rig = await StartAsync(address: IPAddress.Parse(listen));
        using var socket = await ConnectAsync(rig, from: IPAddress.Parse(to));
        var known = Assert.Single(Connections(rig)).Origin;
        Assert.True(known.IsLoopback);
        // The port too, or the log's line is of no use beside a capture.
        Assert.Equal(new IPEndPoint(IPAddress.Parse(origin), ((IPEndPoint)socket.LocalEndPoint!).Port), known.Remote);
    }

    [Fact]
    public async Task Accept_NoConnect_IsClosedByTheSweep()
    {
        await using var rig = await StartAsync(timing: new TimingOptions { ConnectTimeout = TimeSpan.FromMilliseconds(100) });
        using var socket = await rig.OpenAsync();
        await SendAsync(socket, [0x10, 0x0F]);
        Assert.Empty(await ReadToEndAsync(socket));
        Assert.Equal(0, rig.Registry.UnconnectedCount);
    }

    [Fact]
    public async Task Accept_AStormOfClientsThatVanish_LeavesNothingBehind()
    {
        await using var rig = await StartAsync();
        for (var i = 0; i < 3_000; i++)
        {
            using var socket = await rig.OpenAsync();
            if (i % 3 == 1)
                await SendAsync(socket, [0x10]);
            if (i % 3 != 0)
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        await WaitUntilAsync(() => rig.Registry is { Count: 0, UnconnectedCount: 0 });
        using var other = await ConnectAsync(rig);
        await SendAsync(other, Wire.PingReq);
        Assert.Equal(Wire.PingResp, await ReadAsync(other, 2));
    }

    [Fact]
    public async Task Receive_HalfOpenAtEveryByteOfConnect_EndsEachOfThem()
    {
        await using var rig = await StartAsync();
        var connect = ConnectBytes();
        for (var length = 0; length < connect.Length; length++)
        {
            using var socket = await rig.OpenAsync();
            await SendAsync(socket, connect[..length]);
            socket.Shutdown(SocketShutdown.Send);
            Assert.Empty(await ReadToEndAsync(socket));
        }

        await WaitUntilAsync(() => rig.Registry.UnconnectedCount == 0);
        Assert.Empty(rig.Control.Connects);
    }
}
