using System.Net;
using System.Net.Sockets;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Gateway.Connections;
using OrleansBroker.Gateway.Tests.Connections;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Tests.Transports;

/// <summary>What every transport of TCP does. Real sockets. Nothing here waits for a time; the deadline of each read only ends a test that has failed.</summary>
public abstract class TcpTransportContract
{
    internal static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private protected abstract bool UsesEpoll { get; }

    [Fact]
    public async Task Connect_PingPublishDisconnect_IsServedAndClosed()
    {
        await using var rig = await StartAsync();
        using var socket = await ConnectAsync(rig);
        await SendAsync(socket, [.. Wire.Publish(ProtocolVersion.Mqtt5, "t", QoS.AtLeastOnce, 7), .. Wire.PingReq, 0xE0, 0]);
        Assert.Equal([0x40, 2, 0, 7, .. Wire.PingResp], await ReadToEndAsync(socket));
    }

    [Fact]
    public async Task Connect_EverythingInOneSegmentThenFin_IsHandledToTheEnd()
    {
        await using var rig = await StartAsync();
        using var socket = await rig.OpenAsync();
        await SendAsync(socket, [.. ConnectBytes(), .. Wire.Publish(ProtocolVersion.Mqtt5, "t", QoS.AtLeastOnce, 7), 0xE0, 0]);
        socket.Shutdown(SocketShutdown.Send);
        var answer = await ReadToEndAsync(socket);
        Assert.Equal(0x20, answer[0]);
        Assert.Equal([0x40, 2, 0, 7], answer[^4..]);
        await WaitUntilAsync(() => rig.Control.Ends.Count == 1);
        Assert.False(Assert.Single(rig.Control.Ends).PublishWill);
    }

    [Fact]
    public async Task Receive_PacketAcrossManyReads_IsWhole()
    {
        await using var rig = await StartAsync();
        using var socket = await ConnectAsync(rig);
        await SendAsync(socket, Wire.Publish(ProtocolVersion.Mqtt5, "t", QoS.AtLeastOnce, 7, new string('x', 2_000_000)));
        Assert.Equal([0x40, 2, 0, 7], await ReadAsync(socket, 4));
        Assert.Equal(2_000_000, Assert.Single(rig.Router.Published).PayloadLength);
    }

    [Fact]
    public async Task Close_ByTheServer_TheLastPacketReachesAClientThatStillSends()
    {
        await using var rig = await StartAsync();
        using var socket = await ConnectAsync(rig);
        // The violation in front of much that stays unread: a socket closed with unread input would send a reset and take DISCONNECT with it.
        await SendAsync(socket, [0x20, 0, .. new byte[200_000]]);
        var answer = await ReadToEndAsync(socket);
        Assert.Equal([0xE0, (byte)ReasonCode.ProtocolError], [answer[0], answer[2]]);
    }

    [Fact]
    public async Task Close_ClientDoesNotCloseItsSide_IsCutAfterTheCloseTime()
    {
        await using var rig = await StartAsync();
        using var socket = await ConnectAsync(rig);
        await SendAsync(socket, [0xE0, 0]);
        Assert.Empty(await ReadToEndAsync(socket));
        await WaitUntilAsync(() => IsCut(socket));
    }

    [Fact]
    public async Task Publish_ToASlowReader_IsFullThenDrainedAndWhole()
    {
        await using var rig = await StartAsync(new LimitsOptions { MaxOutputBytes = 100_000 });
        using var socket = await ConnectAsync(rig, receiveBufferBytes: 4_096);
        var connection = Assert.Single(Connections(rig));
        var drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Control.Session.OnDrained = drained.SetResult;
        var message = Wire.Message("t", new string('x', 50_000));
        var sent = 0;
        while (connection.Publish(Wire.Outbound(message)) == SendOutcome.Sent)
            Assert.True(++sent < 10_000, "the output is never full");

        var length = PacketEncoder.PublishLength(ProtocolVersion.Mqtt5, 1, hasPacketIdentifier: false, 0, 50_000);
        Assert.Equal(sent * length, (await ReadAsync(socket, sent * length)).Length);
        await drained.Task.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        Assert.Equal(SendOutcome.Sent, connection.Publish(Wire.Outbound(message)));
        await ReadAsync(socket, length);
    }

    [Fact]
    public async Task Close_OfAClientThatDoesNotRead_IsCut()
    {
        await using var rig = await StartAsync(new LimitsOptions { MaxOutputBytes = 100_000 });
        using var socket = await ConnectAsync(rig, receiveBufferBytes: 4_096);
        var connection = Assert.Single(Connections(rig));
        var message = Wire.Message("t", new string('x', 50_000));
        while (connection.Publish(Wire.Outbound(message)) == SendOutcome.Sent)
        {
        }

        connection.Close(ReasonCode.AdministrativeAction);
        await WaitUntilAsync(() => IsCut(socket));
    }

    [Fact]
    public async Task Receive_Paused_StopsReadingAndGoesOn()
    {
        await using var rig = await StartAsync(new LimitsOptions { MaxPendingPublishes = 1 });
        rig.Router.Holds = true;
        var second = new SemaphoreSlim(0);
        rig.Router.OnPublish = _ => second.Release();
        using var socket = await ConnectAsync(rig);
        await SendAsync(socket, [
            .. Wire.Publish(ProtocolVersion.Mqtt5, "t", QoS.AtLeastOnce, 1), .. Wire.Publish(ProtocolVersion.Mqtt5, "t", QoS.AtLeastOnce, 2), .. Wire.PingReq]);
        Assert.True(await second.WaitAsync(Deadline, TestContext.Current.CancellationToken));
        rig.Router.Published[0].Settle(PartOutcome.Done);
        Assert.True(await second.WaitAsync(Deadline, TestContext.Current.CancellationToken));
        Assert.Equal(2, rig.Router.Published.Count);
        Assert.Equal([0x40, 2, 0, 1, .. Wire.PingResp], await ReadAsync(socket, 6));
    }

    [Fact]
    public async Task Receive_MoreThanATurnInManyPackets_IsHandledInOrder()
    {
        await using var rig = await StartAsync();
        using var socket = await ConnectAsync(rig);
        byte[] packets = [.. Enumerable.Range(1, 300).SelectMany(number => Wire.Publish(ProtocolVersion.Mqtt5, "t", QoS.AtMostOnce, 0, new string('x', 1_000 + number)))];
        await SendAsync(socket, [.. packets, .. Wire.PingReq]);
        Assert.Equal(Wire.PingResp, await ReadAsync(socket, 2));
        Assert.Equal(Enumerable.Range(1_001, 300), rig.Router.Published.Select(publication => publication.PayloadLength));
    }

    [Fact]
    public async Task Reset_WhilePaused_EndsWhenItGoesOn()
    {
        await using var rig = await StartAsync(new LimitsOptions { MaxPendingPublishes = 1 });
        rig.Router.Holds = true;
        var first = new SemaphoreSlim(0);
        rig.Router.OnPublish = _ => first.Release();
        var socket = await ConnectAsync(rig);
        await SendAsync(socket, [
            .. Wire.Publish(ProtocolVersion.Mqtt5, "t", QoS.AtLeastOnce, 1), .. Wire.Publish(ProtocolVersion.Mqtt5, "t", QoS.AtLeastOnce, 2)]);
        Assert.True(await first.WaitAsync(Deadline, TestContext.Current.CancellationToken));
        await SendAsync(socket, Wire.PingReq);
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Dispose();
        rig.Router.Holds = false;
        rig.Router.Published[0].Settle(PartOutcome.Done);
        await WaitUntilAsync(() => rig.Control.Ends.Count == 1);
        Assert.Equal(0, rig.Registry.Count);
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
    public async Task Reset_ByTheClient_EndsTheSessionWithWill()
    {
        await using var rig = await StartAsync();
        var socket = await ConnectAsync(rig);
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Dispose();
        await WaitUntilAsync(() => rig.Control.Ends.Count == 1);
        Assert.True(Assert.Single(rig.Control.Ends).PublishWill);
        Assert.Equal(0, rig.Registry.Count);
    }

    [Theory]
    [InlineData(ProtocolVersion.Mqtt31)]
    [InlineData(ProtocolVersion.Mqtt311)]
    [InlineData(ProtocolVersion.Mqtt5)]
    [Spec("MQTT311-4.8.0-2")]
    public async Task Receive_RouterThrows_ClosesThisConnectionAlone(ProtocolVersion version)
    {
        await using var rig = await StartAsync();
        using var other = await ConnectAsync(rig, version: version);
        using var socket = await ConnectAsync(rig, version: version);
        rig.Router.OnPublish = _ => throw new InvalidOperationException("a fault");
        await SendAsync(socket, [.. Wire.Publish(version, "t"), .. Wire.PingReq]);
        ExpectDisconnect(version, ReasonCode.UnspecifiedError, await ReadToEndAsync(socket));
        await SendAsync(other, Wire.PingReq);
        Assert.Equal(Wire.PingResp, await ReadAsync(other, 2));
    }

    /// <summary>The session's silo died, or did not answer in time: nobody knows whether the request was done.</summary>
    [Theory]
    [InlineData(ProtocolVersion.Mqtt31)]
    [InlineData(ProtocolVersion.Mqtt311)]
    [InlineData(ProtocolVersion.Mqtt5)]
    [Spec("MQTT311-4.8.0-2")]
    public async Task Receive_SessionFails_ClosesThisConnectionAlone(ProtocolVersion version)
    {
        await using var rig = await StartAsync();
        using var other = await ConnectAsync(rig, version: version);
        using var socket = await ConnectAsync(rig, version: version);
        rig.Control.Failure = new TimeoutException();
        await SendAsync(socket, BytesOf(Wire.Subscribe(1, "a"), version));
        ExpectDisconnect(version, ReasonCode.ServerBusy, await ReadToEndAsync(socket));
        await SendAsync(other, Wire.PingReq);
        Assert.Equal(Wire.PingResp, await ReadAsync(other, 2));
    }

    [Fact]
    public async Task Stop_OfTheHost_TellsEveryClientAndEndsAllSessions()
    {
        await using var rig = await StartAsync();
        using var socket = await ConnectAsync(rig);
        var stop = rig.StopAsync();
        var answer = await ReadToEndAsync(socket);
        Assert.Equal([0xE0, 1, (byte)ReasonCode.ServerShuttingDown], answer);
        socket.Close();
        await stop.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        Assert.Equal(new ConnectionEnd(ReasonCode.ServerShuttingDown, PublishWill: true), Assert.Single(rig.Control.Ends));
    }

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
    public async Task Receive_ByteByByte_IsHandledInOrder()
    {
        await using var rig = await StartAsync();
        using var socket = await rig.OpenAsync();
        byte[] packets = [
            .. ConnectBytes(), .. Wire.Publish(ProtocolVersion.Mqtt5, "t", QoS.AtLeastOnce, 1), .. Wire.Publish(ProtocolVersion.Mqtt5, "t", QoS.AtLeastOnce, 2), 0xE0, 0];
        foreach (var one in packets)
            await SendAsync(socket, [one]);
        Assert.Equal([0x40, 2, 0, 1, 0x40, 2, 0, 2], (await ReadToEndAsync(socket))[^8..]);
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

    /// <summary>While the last packet goes out, the client goes on: what it sends is read to nowhere, so that DISCONNECT arrives, and only for so long.</summary>
    [Fact]
    public async Task Close_DuringAFlood_DisconnectArrivesAndTheFloodIsCut()
    {
        await using var rig = await StartAsync();
        using var socket = await ConnectAsync(rig);
        using var broken = new CancellationTokenSource();
        Flood(socket, broken);
        await WaitUntilAsync(() => rig.Router.Published.Count > 0);
        Assert.Single(Connections(rig)).Close(ReasonCode.AdministrativeAction);
        var answer = await ReadToEndAsync(socket);
        await WaitUntilAsync(() => broken.IsCancellationRequested);
        Assert.Equal([0xE0, (byte)ReasonCode.AdministrativeAction], [answer[0], answer[2]]);
        await WaitUntilAsync(() => rig.Registry.Count == 0);
    }

    [Theory]
    [InlineData(ResetStage.Accepted)]
    [InlineData(ResetStage.InConnect)]
    [InlineData(ResetStage.Connecting)]
    [InlineData(ResetStage.InPublish)]
    [InlineData(ResetStage.Blocked)]
    [InlineData(ResetStage.Closing)]
    public async Task Reset_AtEveryStage_LeavesNothingBehind(ResetStage stage)
    {
        await using var rig = await StartAsync(new LimitsOptions { MaxOutputBytes = 100_000 });
        if (stage == ResetStage.Connecting)
            rig.Control.ConnectGate = new TaskCompletionSource();
        for (var i = 0; i < 20; i++)
            await ResetAsync(rig, stage);
        rig.Control.ConnectGate?.SetResult();
        await WaitUntilAsync(() => rig.Registry is { Count: 0, UnconnectedCount: 0 });
        using var other = await ConnectAsync(rig);
        await SendAsync(other, Wire.PingReq);
        Assert.Equal(Wire.PingResp, await ReadAsync(other, 2));
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
    public async Task Stop_ClientsThatDoNotRead_AreCutWhenTheTimeIsOver()
    {
        await using var rig = await StartAsync(new LimitsOptions { MaxOutputBytes = 100_000 });
        using var socket = await ConnectAsync(rig, receiveBufferBytes: 4_096);
        Fill(Assert.Single(Connections(rig)));
        await rig.StopAsync(new CancellationToken(canceled: true)).WaitAsync(Deadline, TestContext.Current.CancellationToken);
        await WaitUntilAsync(() => IsCut(socket));
    }

    /// <summary>Until the broker has cut it.</summary>
    private static void Flood(Socket socket, CancellationTokenSource broken)
    {
        var packets = Enumerable.Repeat(Wire.Publish(ProtocolVersion.Mqtt5, "t", payload: new string('x', 1_000)), 30).SelectMany(packet => packet).ToArray();
        var thread = new Thread(() =>
        {
            try
            {
                while (true)
                    socket.Send(packets);
            }
            catch (SocketException)
            {
                broken.Cancel();
            }
        });
        thread.Start();
    }

    private static void Fill(Connection connection)
    {
        var message = Wire.Message("t", new string('x', 50_000));
        while (connection.Publish(Wire.Outbound(message)) == SendOutcome.Sent)
        {
        }
    }

    private static async Task ResetAsync(TransportRig rig, ResetStage stage)
    {
        using var socket = stage > ResetStage.Connecting ? await ConnectAsync(rig, receiveBufferBytes: 4_096) : await rig.OpenAsync();
        if (stage is ResetStage.InConnect or ResetStage.Connecting)
            await SendAsync(socket, stage == ResetStage.InConnect ? ConnectBytes()[..5] : ConnectBytes());
        else if (stage == ResetStage.InPublish)
            await SendAsync(socket, Wire.Publish(ProtocolVersion.Mqtt5, "t", payload: new string('x', 100_000))[..50_000]);
        else if (stage == ResetStage.Blocked)
            Fill(Newest(rig));
        else if (stage == ResetStage.Closing)
            await SendAsync(socket, [0xE0, 0]);
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
    }

    private static Connection Newest(TransportRig rig)
    {
        for (var id = rig.Registry.NextId(); ; id--)
        {
            if (rig.Registry.TryGet(id, out var connection))
                return (Connection)connection;
        }
    }

    private protected Task<TransportRig> StartAsync(LimitsOptions? limits = null, TimingOptions? timing = null, IPAddress? address = null) =>
        TransportRig.StartAsync(UsesEpoll, limits, timing, address);

    internal static byte[] ConnectBytes(ProtocolVersion version = ProtocolVersion.Mqtt5) =>
        BytesOf(new ConnectPacket { Version = version, ClientId = "device", CleanStart = true }, version);

    internal static byte[] BytesOf(ControlPacket packet, ProtocolVersion version)
    {
        var bytes = new byte[PacketEncoder.Measure(packet, version)];
        PacketEncoder.Write(bytes, packet, version);
        return bytes;
    }

    /// <summary>All that a client of this version gets before the end: one DISCONNECT of less than 128 bytes, and 3.x has no word for it.</summary>
    private static void ExpectDisconnect(ProtocolVersion version, ReasonCode reason, byte[] answer)
    {
        if (version == ProtocolVersion.Mqtt5)
            Assert.Equal((0xE0, answer.Length - 2, (byte)reason), (answer[0], answer[1], answer[2]));
        else
            Assert.Empty(answer);
    }

    internal static async Task<Socket> ConnectAsync(TransportRig rig, int receiveBufferBytes = 0, ProtocolVersion version = ProtocolVersion.Mqtt5, IPAddress? from = null)
    {
        var socket = await rig.OpenAsync(receiveBufferBytes, from);
        await SendAsync(socket, ConnectBytes(version));
        var header = await ReadAsync(socket, 2);
        Assert.Equal(0x20, header[0]);
        await ReadAsync(socket, header[1]);
        return socket;
    }

    private static IEnumerable<Connection> Connections(TransportRig rig)
    {
        Assert.True(rig.Registry.TryGet(1, out var connection));
        yield return (Connection)connection;
    }

    internal static async Task SendAsync(Socket socket, byte[] bytes)
    {
        for (var sent = 0; sent < bytes.Length;)
            sent += await socket.SendAsync(bytes.AsMemory(sent), TestContext.Current.CancellationToken);
    }

    internal static async Task<byte[]> ReadAsync(Socket socket, int length)
    {
        var bytes = new byte[length];
        for (var read = 0; read < length;)
        {
            var received = await socket.ReceiveAsync(bytes.AsMemory(read), TestContext.Current.CancellationToken).AsTask().WaitAsync(Deadline);
            Assert.NotEqual(0, received);
            read += received;
        }

        return bytes;
    }

    internal static async Task<byte[]> ReadToEndAsync(Socket socket)
    {
        var all = new MemoryStream();
        var buffer = new byte[4_096];
        while (await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken).AsTask().WaitAsync(Deadline) is var received and > 0)
            all.Write(buffer, 0, received);
        return all.ToArray();
    }

    /// <summary>A send after the server has closed its socket is answered with a reset, the next one fails.</summary>
    internal static bool IsCut(Socket socket)
    {
        try
        {
            socket.Send([0]);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    internal static async Task WaitUntilAsync(Func<bool> condition)
    {
        var end = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(end) < Deadline, "it never happened");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
