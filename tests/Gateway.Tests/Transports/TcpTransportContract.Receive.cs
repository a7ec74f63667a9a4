using System.Net.Sockets;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Options;
using OrleansBroker.Gateway.Tests.Connections;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Tests.Transports;

/// <content>Packets as the network cuts them, and faults behind one of them.</content>
public abstract partial class TcpTransportContract
{
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
    public async Task Receive_PacketAcrossManyReads_IsWhole()
    {
        await using var rig = await StartAsync();
        using var socket = await ConnectAsync(rig);
        await SendAsync(socket, Wire.Publish(ProtocolVersion.Mqtt5, "t", QoS.AtLeastOnce, 7, new string('x', 2_000_000)));
        Assert.Equal([0x40, 2, 0, 7], await ReadAsync(socket, 4));
        Assert.Equal(2_000_000, Assert.Single(rig.Router.Published).PayloadLength);
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

    [Theory]
    [InlineData(ProtocolVersion.Mqtt31)]
    [InlineData(ProtocolVersion.Mqtt311)]
    [InlineData(ProtocolVersion.Mqtt5)]
    [Spec("MQTT311-4.8.0-2")]
    public async Task Receive_RouterThrows_ClosesThisConnectionAlone(ProtocolVersion version)
    {
        await using var rig = await StartAsync();
        await ExpectClosedAloneAsync(
            rig, version, () => rig.Router.OnPublish = _ => throw new InvalidOperationException("a fault"), [.. Wire.Publish(version, "t"), .. Wire.PingReq], ReasonCode.UnspecifiedError);
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
        await ExpectClosedAloneAsync(rig, version, () => rig.Control.Failure = new TimeoutException(), BytesOf(Wire.Subscribe(1, "a"), version), ReasonCode.ServerBusy);
    }

    /// <summary>After the failure the input closes its connection with the reason, and another goes on.</summary>
    private static async Task ExpectClosedAloneAsync(TransportRig rig, ProtocolVersion version, Action fail, byte[] input, ReasonCode reason)
    {
        using var other = await ConnectAsync(rig, version: version);
        using var socket = await ConnectAsync(rig, version: version);
        fail();
        await SendAsync(socket, input);
        ExpectDisconnect(version, reason, await ReadToEndAsync(socket));
        await SendAsync(other, Wire.PingReq);
        Assert.Equal(Wire.PingResp, await ReadAsync(other, 2));
    }

    /// <summary>All that a client of this version gets before the end: one DISCONNECT of less than 128 bytes, and 3.x has no word for it.</summary>
    private static void ExpectDisconnect(ProtocolVersion version, ReasonCode reason, byte[] answer)
    {
        if (version == ProtocolVersion.Mqtt5)
            Assert.Equal((0xE0, answer.Length - 2, (byte)reason), (answer[0], answer[1], answer[2]));
        else
            Assert.Empty(answer);
    }
}
