using System.Net.Sockets;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Gateway.Hosting;
using OrleansBroker.Gateway.Tests.Connections;
using OrleansBroker.Gateway.Transports.Epoll;
using OrleansBroker.Mqtt.Codec;
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
        using var stop = new HeldStop(rig);

        rig.Epoll.Loops[0].Post(new FailingTarget());

        await stop.Begun.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        await ReadCutAsync(socket);
        stop.GoOn();
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => rig.StopAsync().WaitAsync(Deadline, TestContext.Current.CancellationToken));
        Assert.IsType<TransportFailedException>(failure is AggregateException several ? several.InnerExceptions[0] : failure);
        Assert.Equal(0, rig.Registry.Count);
        Assert.Empty(rig.Epoll.Open());
    }

    [Fact]
    public async Task Run_FaultOfOneLoop_ConnectionsOfTheOtherAreServedUntilTheStop()
    {
        Assert.SkipUnless(Environment.ProcessorCount > 1, "one processor, one loop");
        await using var rig = await StartAsync();
        new Load(rig).UseTwoLoops();
        using var socket = await ConnectAsync(rig);
        using var other = await ConnectAsync(rig);
        Assert.Equal([0, 1], rig.Epoll.Open().Select(connection => connection.Loop.Number).Order());
        using var stop = new HeldStop(rig);

        rig.Epoll.Loops[0].Post(new FailingTarget());

        await ReadCutAsync(socket);
        await SendAsync(other, Wire.PingReq);
        Assert.Equal(Wire.PingResp, await ReadAsync(other, 2));
    }

    /// <summary>It was posted to the loop that the connection is on; before that loop takes it, input has moved the connection.</summary>
    [Fact]
    public async Task Post_ToAConnectionThatMovesMeanwhile_IsTakenByItsNewLoop()
    {
        Assert.SkipUnless(Environment.ProcessorCount > 1, "one processor, one loop");
        await using var rig = await StartAsync();
        using var socket = await ConnectAsync(rig);
        var moving = Assert.Single(rig.Epoll.Open());
        Assert.Equal(0, moving.Loop.Number);
        using var holding = new HoldingTarget();
        moving.Loop.Post(holding);
        await holding.Reached.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        new Load(rig).UseTwoLoops();
        Assert.Same(moving.Loop, rig.Epoll.Home(out _)); // so that who asks next gets the other
        var message = Wire.Message("t", "x");

        // The held loop finds both in its next turn, what is ready first.
        await SendAsync(socket, Wire.PingReq);
        Assert.Equal(SendOutcome.Sent, moving.Connection.Publish(Wire.Outbound(message)));
        holding.GoOn();

        var length = PacketEncoder.PublishLength(ProtocolVersion.Mqtt5, 1, hasPacketIdentifier: false, 0, 1);
        var answer = await ReadAsync(socket, length + 2);
        Assert.Equal([0x30, .. Wire.PingResp], [answer[0], .. answer[length..]]);
        Assert.Equal(1, moving.Loop.Number);
    }

    /// <summary>Connections change their loops again and again while messages come and go.</summary>
    [Fact]
    public async Task Spread_ChangesDuringTraffic_NothingIsLostOrReordered()
    {
        Assert.SkipUnless(Environment.ProcessorCount > 1, "one processor, one loop");
        await using var rig = await StartAsync();
        var sockets = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ConnectAsync(rig)));
        var load = new Load(rig);
        var seen = new HashSet<int>();
        for (var round = 0; round < 40; round++)
        {
            load.UseTwoLoops();
            await Task.WhenAll(sockets.Select(SendAndReadAsync));
            seen.UnionWith(rig.Epoll.Open().Select(connection => connection.Loop.Number));
            load.Pass(0, 3);
            Assert.Equal(1, rig.Epoll.Spread.InUse);
            await Task.WhenAll(sockets.Select(SendAndReadAsync));
        }

        Assert.Equal([0, 1], seen.Order());
        Assert.Equal(40 * 2 * 20 * 50, rig.Router.Published.Count);
        foreach (var socket in sockets)
            socket.Dispose();
        await WaitUntilAsync(() => rig.Registry.Count == 0);
    }

    /// <summary>The end, without a word of the client's by which the broker could find it.</summary>
    private static async Task ReadCutAsync(Socket socket)
    {
        try
        {
            Assert.Empty(await ReadToEndAsync(socket));
        }
        catch (SocketException reset)
        {
            Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
        }
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

    /// <summary>Keeps the loop in its turn.</summary>
    private sealed class HoldingTarget : IEpollTarget, IDisposable
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile bool _goesOn;

        public Task Reached => _reached.Task;

        public void GoOn() => _goesOn = true;

        public void Ready(EpollMask mask)
        {
            // Never watched.
        }

        public void Run()
        {
            _reached.SetResult();
            SpinWait.SpinUntil(() => _goesOn, Deadline);
        }

        public void Due()
        {
            // Never scheduled.
        }

        public void Dispose() => _goesOn = true;
    }

    /// <summary>The node's stop, held at its beginning. Who registers last is told first: nothing else of the stop begins, so what ends meanwhile is not ended by it.</summary>
    private sealed class HeldStop : IDisposable
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile bool _goesOn;
        private readonly CancellationTokenRegistration _registration;

        public HeldStop(TransportRig rig) => _registration = rig.Stopping.Register(() =>
        {
            _begun.SetResult();
            SpinWait.SpinUntil(() => _goesOn, Deadline);
        });

        public Task Begun => _begun.Task;

        public void GoOn() => _goesOn = true;

        public void Dispose()
        {
            _goesOn = true;
            _registration.Dispose();
        }
    }

    /// <summary>Windows of one loop that is awake for a part of the time, beyond the loops' own reports, which count for nothing from here on.</summary>
    private sealed class Load(TransportRig rig)
    {
        private long _now = long.MaxValue / 2;

        public void Pass(double awake, int windows)
        {
            for (var i = 0; i < windows; i++)
                rig.Epoll.Spread.Report(0, awake * 1_000, 0, _now += 1_000);
        }

        public void UseTwoLoops()
        {
            Pass(0.9, 3);
            Pass(0.6, 1);
            Assert.Equal(2, rig.Epoll.Spread.InUse);
        }
    }
}
