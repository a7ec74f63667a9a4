using System.Net.Sockets;
using OrleansBroker.Gateway.Hosting;
using OrleansBroker.Gateway.Tests.Connections;
using OrleansBroker.Gateway.Transports.Epoll;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Gateway.Tests.Transports;

public sealed class EpollTransportTests : TcpTransportContract
{
    private protected override bool UsesEpoll => true;

    [Fact]
    public async Task Run_FaultOfTheLoopItself_EndsItsConnectionsAndTheNode()
    {
        await using var rig = await StartAsync();
        using var socket = await ConnectAsync(rig);
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = rig.Stopping.Register(stopping.SetResult);

        rig.Epoll.Loops[0].Post(new FailingTarget());

        // A reset, and no DISCONNECT or one: it depends on who is first.
        await WaitUntilAsync(() => IsCut(socket));
        await stopping.Task.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => rig.StopAsync().WaitAsync(Deadline, TestContext.Current.CancellationToken));
        Assert.IsType<TransportFailedException>(failure is AggregateException several ? several.InnerExceptions[0] : failure);
        Assert.Equal(0, rig.Registry.Count);
        Assert.Empty(rig.Epoll.Open());
    }

    /// <summary>Connections change their loops again and again while messages come and go.</summary>
    [Fact]
    public async Task Spread_ChangesDuringTraffic_NothingIsLostOrReordered()
    {
        Assert.SkipUnless(Environment.ProcessorCount > 1, "one processor, one loop");
        await using var rig = await StartAsync();
        var sockets = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ConnectAsync(rig)));
        // Beyond the loops' own reports, which count for nothing from here on.
        var now = long.MaxValue / 2;
        void Pass(double awake, int windows)
        {
            for (var i = 0; i < windows; i++)
                rig.Epoll.Spread.Report(0, awake * 1_000, 0, now += 1_000);
        }

        var seen = new HashSet<int>();
        for (var round = 0; round < 40; round++)
        {
            Pass(0.9, 3);
            Pass(0.6, 1);
            Assert.Equal(2, rig.Epoll.Spread.InUse);
            await Task.WhenAll(sockets.Select(SendAndReadAsync));
            seen.UnionWith(rig.Epoll.Open().Select(connection => connection.Loop.Number));
            Pass(0, 3);
            Assert.Equal(1, rig.Epoll.Spread.InUse);
            await Task.WhenAll(sockets.Select(SendAndReadAsync));
        }

        Assert.Equal([0, 1], seen.Order());
        Assert.Equal(40 * 2 * 20 * 50, rig.Router.Published.Count);
        foreach (var socket in sockets)
            socket.Dispose();
        await WaitUntilAsync(() => rig.Registry.Count == 0);
    }

    private static async Task SendAndReadAsync(Socket socket)
    {
        const int Count = 50;
        for (var i = 1; i <= Count; i++)
            await SendAsync(socket, Wire.Publish(ProtocolVersion.Mqtt5, "t", QoS.AtLeastOnce, (ushort)i));
        var acks = await ReadAsync(socket, 4 * Count);
        Assert.Equal(Enumerable.Range(1, Count), acks.Chunk(4).Select(ack => (ack[2] << 8) | ack[3]));
    }

    private sealed class FailingTarget : IEpollTarget
    {
        public void Ready(EpollMask mask)
        {
            // Never watched.
        }

        public void Run() => throw new InvalidOperationException("a fault of the loop");

        public void Due()
        {
            // Never scheduled.
        }
    }
}
