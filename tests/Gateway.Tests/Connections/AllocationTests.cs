using System.Buffers;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Gateway.Connections;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Tests.Connections;

/// <summary>What the hot path allocates, counted on this thread; the numbers are the promise.</summary>
[Collection(MeasuringTests.Alone)]
public sealed class AllocationTests
{
    private const int Rounds = 1_000;

    [Theory]
    [InlineData(QoS.AtMostOnce)]
    [InlineData(QoS.AtLeastOnce)]
    public void Receive_Publish_AllocatesThePublicationAlone(QoS qos)
    {
        var rig = ConnectionRig.Connected();
        rig.Router.Keeps = false;
        rig.Router.Published.Capacity = 10 * Rounds;
        var payload = new string('x', 100);
        var input = new ReadOnlySequence<byte>(Wire.Publish(ProtocolVersion.Mqtt5, "device/7/temperature", qos, payload: payload));
        // Measured with .NET 10 on 64 bits: 80.
        Assert.Equal(BytesOfOnePublication(), PerRound(() => rig.Send(input, out _), rig));
    }

    [Theory]
    [InlineData(LentBody.LongestBytes, 0, 0)]
    [InlineData(LentBody.LongestBytes + 1, LentBody.LongestBytes + 24, LentBody.LongestBytes + 64)] // header, method table and length 24; the allocator pads, now more, now less
    public void Receive_PublishAtTheLongestLent_AllocatesAboveItOnly(int size, int least, int most)
    {
        var rig = ConnectionRig.Connected();
        rig.Router.Keeps = false;
        rig.Router.Published.Capacity = 10 * Rounds;
        var input = new ReadOnlySequence<byte>(Wire.Publish(ProtocolVersion.Mqtt5, "t", payload: new string('x', size - 1)));
        Assert.InRange(PerRound(() => rig.Send(input, out _), rig) - BytesOfOnePublication(), least, most);
    }

    [Fact]
    public void Receive_PingAndAcknowledgement_AllocatesNothing()
    {
        var rig = ConnectionRig.Connected();
        rig.Session.Acknowledged.Capacity = 10 * Rounds;
        var input = new ReadOnlySequence<byte>([.. Wire.PingReq, .. Wire.Ack(ProtocolVersion.Mqtt5, PacketType.PubAck, 1)]);
        Assert.Equal(0, PerRound(() => rig.Send(input, out _), rig));
    }

    [Theory]
    [InlineData(ProtocolVersion.Mqtt311)]
    [InlineData(ProtocolVersion.Mqtt5)]
    public void Publish_Delivery_AllocatesNothing(ProtocolVersion version)
    {
        var rig = ConnectionRig.Connected(version);
        var message = Wire.Message("device/7/temperature", new string('x', 100), QoS.AtLeastOnce, expiresAt: 10_000);
        uint[] identifiers = [1, 2];
        var sent = 0;
        Assert.Equal(0, PerRound(
            () =>
            {
                OutputTurn.Begin();
                sent += rig.Connection.Publish(Wire.Outbound(message, 1, identifiers)) == SendOutcome.Sent ? 1 : 0;
                rig.Connection.Acknowledge(PacketType.PubRel, 1, ReasonCode.Success);
                OutputTurn.End();
            },
            rig));
        Assert.Equal(2 * Rounds, sent);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(64)]
    public void Publish_DeliveryWithAliases_AllocatesNothing(int topics)
    {
        // Four topics keep their aliases; sixty-four take them from each other all the time.
        var rig = ConnectionRig.Connected(with: packet => packet with { TopicAliasMaximum = 8 });
        var messages = Enumerable.Range(0, topics).Select(i => Wire.Message($"device/{i:000}/temperature", "x")).ToArray();
        var sent = 0;
        Assert.Equal(0, PerRound(
            () =>
            {
                OutputTurn.Begin();
                for (var i = 0; i < 4; i++)
                    rig.Connection.Publish(Wire.Outbound(messages[((sent / 8) + i) % topics]));
                sent++;
                OutputTurn.End();
            },
            rig));
        Assert.Equal(2 * Rounds, sent);
    }

    [Fact]
    public void Connection_Idle_HoldsNoBuffer()
    {
        const int Connections = 200;
        var rig = new ConnectionRig(new LimitsOptions());
        var kept = new ConnectionRig[Connections];
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < Connections; i++)
        {
            kept[i] = new ConnectionRig(sibling: rig);
            kept[i].Connect(with: packet => packet with { ClientId = "c" });
            kept[i].Send(Wire.PingReq);
            kept[i].Transport.TakeWritten();
        }

        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Connections;
        GC.KeepAlive(kept);
        // Connection, its lock, client id and registry entry, and what the rig itself holds (fakes of about 1 KiB, the largest written chunk).
        Assert.InRange(each, 1, 3_000);
    }

    private static long BytesOfOnePublication()
    {
        byte[] body = [];
        var before = GC.GetAllocatedBytesForCurrentThread();
        GC.KeepAlive(new Publication(body, 0, 0, QoS.AtMostOnce, retain: false, ""));
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static long PerRound(Action round, ConnectionRig rig)
    {
        for (var i = 0; i < Rounds; i++)
            round();
        rig.Transport.TakeWritten();
        rig.Transport.Reserve(1024 * 1024);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Rounds; i++)
            round();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / Rounds;
    }
}
