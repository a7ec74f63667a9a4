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
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

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

    private Task<TransportRig> StartAsync(LimitsOptions? limits = null, TimingOptions? timing = null) => TransportRig.StartAsync(UsesEpoll, limits, timing);

    private static byte[] ConnectBytes(ProtocolVersion version = ProtocolVersion.Mqtt5) =>
        BytesOf(new ConnectPacket { Version = version, ClientId = "device", CleanStart = true }, version);

    private static byte[] BytesOf(ControlPacket packet, ProtocolVersion version)
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

    private static async Task<Socket> ConnectAsync(TransportRig rig, int receiveBufferBytes = 0, ProtocolVersion version = ProtocolVersion.Mqtt5)
    {
        var socket = await rig.OpenAsync(receiveBufferBytes);
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

    private static async Task SendAsync(Socket socket, byte[] bytes)
    {
        for (var sent = 0; sent < bytes.Length;)
            sent += await socket.SendAsync(bytes.AsMemory(sent), TestContext.Current.CancellationToken);
    }

    private static async Task<byte[]> ReadAsync(Socket socket, int length)
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

    private static async Task<byte[]> ReadToEndAsync(Socket socket)
    {
        var all = new MemoryStream();
        var buffer = new byte[4_096];
        while (await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken).AsTask().WaitAsync(Deadline) is var received and > 0)
            all.Write(buffer, 0, received);
        return all.ToArray();
    }

    /// <summary>A send after the server has closed its socket is answered with a reset, the next one fails.</summary>
    private static bool IsCut(Socket socket)
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

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        var end = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(end) < Deadline, "it never happened");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
