using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Gateway.Connections;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Tests.Connections;

public sealed class OutputTests
{
    private static readonly LimitsOptions TenKiB = new() { MaxOutputBytes = 10 * 1024 };

    [Fact]
    public void Publish_ToVersion5_CarriesPropertiesIdentifiersAndTheTimeThatIsLeft()
    {
        var rig = ConnectionRig.Connected();
        byte[] properties = [0x01, 0x01, 0x26, 0, 1, (byte)'k', 0, 1, (byte)'v'];
        var message = Wire.Message("a/b", "hello", QoS.AtLeastOnce, properties, expiresAt: 10_001);
        Assert.Equal(SendOutcome.Sent, rig.Connection.Publish(Wire.Outbound(message, 7, [3, 500], now: 1_000, dup: true, retain: true)));

        var packet = Assert.Single(rig.Packets());
        Assert.Equal(SpecViolation.None, PacketDecoder.DecodePublish(
            ProtocolVersion.Mqtt5, PacketSender.Server, (byte)(packet[0] & 0xF), Wire.Body(packet), out var publish));
        Assert.Equal("a/b"u8, publish.Topic);
        Assert.Equal("hello"u8, publish.Payload);
        Assert.Equal((QoS.AtLeastOnce, true, true, 7), (publish.QoS, publish.Dup, publish.Retain, (int)publish.PacketIdentifier));
        Assert.Equal(10u, publish.Properties.MessageExpiryInterval);
        Assert.Equal([3u, 500u], publish.Properties.ReadSubscriptionIdentifiers());
        Assert.Equal(properties.Length, publish.Properties.ForwardedLength);
    }

    [Fact]
    public void Counters_AfterPublishAndPing_KnowPacketsBytesAndPayloads()
    {
        var rig = ConnectionRig.Connected(ProtocolVersion.Mqtt311);
        rig.Packets();
        var (packets, bytes) = (rig.Counters.Read(BrokerCounter.PacketsSent), rig.Counters.Read(BrokerCounter.BytesSent));
        var (receivedPackets, receivedBytes) = (rig.Counters.Read(BrokerCounter.PacketsReceived), rig.Counters.Read(BrokerCounter.BytesReceived));
        rig.Transport.IsBlocked = true;
        rig.Connection.Publish(Wire.Outbound(Wire.Message("t", "payload")));
        rig.Connection.Publish(Wire.Outbound(Wire.Message("t", "p")));
        // What no network has taken is not sent.
        Assert.Equal(packets, rig.Counters.Read(BrokerCounter.PacketsSent));
        rig.Transport.Unblock();
        rig.Send([0xC0, 0]);

        var written = rig.Transport.TakeWritten().Length;
        Assert.Equal((3, written), (rig.Counters.Read(BrokerCounter.PacketsSent) - packets, (int)(rig.Counters.Read(BrokerCounter.BytesSent) - bytes)));
        Assert.Equal((2, 8), (rig.Counters.PublicationsSent, rig.Counters.PublicationBytesSent));
        Assert.Equal((1, 2), (rig.Counters.Read(BrokerCounter.PacketsReceived) - receivedPackets, rig.Counters.Read(BrokerCounter.BytesReceived) - receivedBytes));
    }

    [Fact]
    public void Publish_ToVersion311_HasNeitherPropertiesNorIdentifiers()
    {
        var rig = ConnectionRig.Connected(ProtocolVersion.Mqtt311);
        rig.Connection.Publish(Wire.Outbound(Wire.Message("t", "p", properties: [0x01, 0x01], expiresAt: 5_000), identifiers: [3]));
        Assert.Equal([0x30, 4, 0, 1, (byte)'t', (byte)'p'], Assert.Single(rig.Packets()));
    }

    [Theory]
    [InlineData(1_000, 1u)]
    [InlineData(1_001, 2u)]
    [InlineData(1, 1u)]
    [InlineData(0, 0u)]
    [InlineData(-5_000, 0u)]
    [InlineData(uint.MaxValue * 1_000L, uint.MaxValue)]
    public void Publish_TimeLeft_IsRoundedUpToSeconds(long left, uint expected)
    {
        var rig = ConnectionRig.Connected();
        rig.Connection.Publish(Wire.Outbound(Wire.Message("t", "p", expiresAt: 7_000 + left), now: 7_000));
        var packet = Assert.Single(rig.Packets());
        PacketDecoder.DecodePublish(ProtocolVersion.Mqtt5, 0, Wire.Body(packet), out var publish);
        Assert.Equal(expected, publish.Properties.MessageExpiryInterval);
    }

    [Fact]
    public void Publish_ExceedsTheClientsMaximumPacketSize_IsTooLarge()
    {
        var rig = ConnectionRig.Connected(with: packet => packet with { MaximumPacketSize = 100 });
        rig.Transport.TakeWritten();
        var overhead = PacketEncoder.PublishLength(ProtocolVersion.Mqtt5, 1, hasPacketIdentifier: false, 0, 0);
        Assert.Equal(SendOutcome.Sent, rig.Connection.Publish(Wire.Outbound(Wire.Message("t", new string('x', 100 - overhead)))));
        Assert.Equal(SendOutcome.TooLarge, rig.Connection.Publish(Wire.Outbound(Wire.Message("t", new string('x', 101 - overhead)))));
        Assert.Single(rig.Packets());
    }

    [Theory]
    [InlineData(QoS.AtMostOnce)]
    [InlineData(QoS.AtLeastOnce)]
    public void Publish_BeyondTheOutputBound_IsFullUntilHalfIsWritten(QoS qos)
    {
        var rig = ConnectionRig.Connected(limits: TenKiB);
        rig.Transport.IsBlocked = true;
        var message = Wire.Message("t", new string('x', 4_000), qos);
        Assert.Equal(SendOutcome.Sent, rig.Connection.Publish(Wire.Outbound(message, 1)));
        Assert.Equal(SendOutcome.Sent, rig.Connection.Publish(Wire.Outbound(message, 2)));
        Assert.Equal(SendOutcome.Full, rig.Connection.Publish(Wire.Outbound(message, 3)));
        Assert.Equal(SendOutcome.Full, rig.Connection.Publish(Wire.Outbound(message, 3)));
        Assert.Equal(0, rig.Session.Drained);

        rig.Session.OnDrained = () => Assert.Equal(SendOutcome.Sent, rig.Connection.Publish(Wire.Outbound(message, 3)));
        rig.Transport.Unblock();
        Assert.Equal(1, rig.Session.Drained);
        Assert.Equal(3, rig.Packets().Count);
    }

    [Fact]
    public void Publish_BytesThatTheNetworkHolds_CountAsWaiting()
    {
        var rig = ConnectionRig.Connected(limits: TenKiB);
        rig.Transport.IsBlocked = true;
        var message = Wire.Message("t", new string('x', 6_000));
        rig.Connection.Publish(Wire.Outbound(message));
        rig.Transport.WriteOnce();
        Assert.Equal(SendOutcome.Full, rig.Connection.Publish(Wire.Outbound(message)));
        Assert.Equal(0, rig.Session.Drained);
        rig.Transport.WriteOnce();
        Assert.Equal(1, rig.Session.Drained);
        Assert.Equal(SendOutcome.Sent, rig.Connection.Publish(Wire.Outbound(message)));
    }

    [Fact]
    public void Publish_LargerThanTheBound_IsTakenWhileNoMoreThanHalfOfItWaits()
    {
        var rig = ConnectionRig.Connected(limits: TenKiB);
        rig.Transport.IsBlocked = true;
        var message = Wire.Message("t", new string('x', 100_000));
        rig.Connection.Publish(Wire.Outbound(Wire.Message("t", "written, but the transport has not said so")));
        rig.Transport.WriteOnce();
        Assert.Equal(SendOutcome.Sent, rig.Connection.Publish(Wire.Outbound(message)));
        Assert.Equal(SendOutcome.Full, rig.Connection.Publish(Wire.Outbound(Wire.Message("t", "p"))));
    }

    [Fact]
    public void Publish_NeverFull_SessionIsNotTold()
    {
        var rig = ConnectionRig.Connected(limits: TenKiB);
        rig.Connection.Publish(Wire.Outbound(Wire.Message("t", "p")));
        Assert.Equal(0, rig.Session.Drained);
    }

    [Fact]
    public async Task TakeOutput_SessionIsGoneWhenThereIsRoom_Closes()
    {
        var rig = ConnectionRig.Connected(limits: TenKiB);
        rig.Transport.IsBlocked = true;
        var message = Wire.Message("t", new string('x', 6_000));
        rig.Connection.Publish(Wire.Outbound(message));
        rig.Connection.Publish(Wire.Outbound(message));
        rig.Session.IsHere = false;
        rig.Transport.Unblock();
        Assert.Equal([PacketType.Publish, PacketType.Disconnect], rig.Packets().Select(Wire.TypeOf));
        await rig.EndAsync();
    }

    [Fact]
    public void Acknowledge_BeyondTheOutputBound_IsAppendedAnyway()
    {
        var rig = ConnectionRig.Connected(limits: TenKiB);
        rig.Transport.IsBlocked = true;
        rig.Connection.Publish(Wire.Outbound(Wire.Message("t", new string('x', 10_000))));
        for (ushort id = 1; id <= 1_000; id++)
            rig.Connection.Acknowledge(PacketType.PubRel, id, ReasonCode.Success);
        rig.Transport.Unblock();
        Assert.Equal(1_001, rig.Packets().Count);
    }

    [Fact]
    public void Acknowledge_WhileAPacketOfTheGreatestSizeWaits_ClosesNothing()
    {
        var limits = new LimitsOptions { MaxOutputBytes = 10 * 1024, MaxPacketSize = 1024 * 1024 };
        var rig = ConnectionRig.Connected(limits: limits);
        rig.Transport.IsBlocked = true;
        rig.Connection.Publish(Wire.Outbound(Wire.Message("t", new string('x', limits.MaxPacketSize - 100))));
        for (ushort id = 1; id <= 1_000; id++)
            rig.Connection.Acknowledge(PacketType.PubRel, id, ReasonCode.Success);
        rig.Transport.Unblock();
        Assert.Equal(1_001, rig.Packets().Count);
    }

    [Fact]
    public async Task Receive_ClientNeverReads_ClosesAtTheHardBound()
    {
        var rig = ConnectionRig.Connected(limits: new LimitsOptions { MaxOutputBytes = 10 * 1024, MaxPacketSize = 30 * 1024 });
        rig.Transport.IsBlocked = true;
        // Two bounds of 10 KiB, a packet of 30 KiB and 64 KiB beside, in answers of two bytes.
        const int Enough = ((2 * 10) + 30 + 64) * 1024 / 2;
        byte[] pings = [.. Enumerable.Repeat(Wire.PingReq, 1_000).SelectMany(ping => ping)];
        var sent = 0;
        while (rig.Send(pings) != ReceiveStatus.Closed && sent < 2 * Enough)
            sent += 1_000;
        Assert.InRange(sent, Enough - 1_000, Enough + 1_000);
        Assert.Equal(ReasonCode.QuotaExceeded, (await rig.EndAsync()).Reason);
        Assert.True(rig.Transport.IsCloseAsked);
    }

    [Fact]
    public void Append_WithinATurn_IsFlushedOnceAtItsEnd()
    {
        var rig = ConnectionRig.Connected();
        var flushes = rig.Transport.Flushes;
        var scheduled = rig.Transport.ScheduledFlushes;
        OutputTurn.Begin();
        for (ushort id = 1; id <= 10; id++)
            rig.Connection.Acknowledge(PacketType.PubRel, id, ReasonCode.Success);
        Assert.Empty(rig.Packets());
        OutputTurn.End();
        Assert.Equal(10, rig.Packets().Count);
        Assert.Equal((flushes + 1, scheduled), (rig.Transport.Flushes, rig.Transport.ScheduledFlushes));
    }

    [Fact]
    public void End_OfATurnWithJournals_CommitsThenWritesWhatTheCommitReleased()
    {
        var rig = ConnectionRig.Connected();
        var journals = new FakeJournalTurns { OnEnd = () => rig.Connection.Acknowledge(PacketType.PubRel, 1, ReasonCode.Success) };
        var scheduled = rig.Transport.ScheduledFlushes;
        OutputTurn.Begin(journals);
        OutputTurn.Begin(journals);
        OutputTurn.End();
        Assert.Equal((1, 0), (journals.Begun, journals.Ended));
        OutputTurn.End();
        Assert.Equal((1, 1), (journals.Begun, journals.Ended));
        Assert.Single(rig.Packets());
        Assert.Equal(scheduled, rig.Transport.ScheduledFlushes);
    }

    [Fact]
    public void End_OfATurnThatAnotherHasBegun_LeavesTheCommitToIt()
    {
        var journals = new FakeJournalTurns { IsBegunElsewhere = true };
        OutputTurn.Begin(journals);
        OutputTurn.End();
        Assert.Equal((1, 0), (journals.Begun, journals.Ended));
    }

    [Fact]
    public void Append_WithoutATurn_IsScheduledAtOnce()
    {
        var rig = ConnectionRig.Connected();
        var scheduled = rig.Transport.ScheduledFlushes;
        rig.Connection.Acknowledge(PacketType.PubRel, 1, ReasonCode.Success);
        Assert.Single(rig.Packets());
        Assert.Equal(scheduled + 1, rig.Transport.ScheduledFlushes);
    }

    [Fact]
    public void Append_WhileAFlushIsUnderWay_AsksForNoSecond()
    {
        var rig = ConnectionRig.Connected();
        rig.Transport.IsBlocked = true;
        rig.Connection.Acknowledge(PacketType.PubRel, 1, ReasonCode.Success);
        var flushes = rig.Transport.Flushes;
        rig.Connection.Acknowledge(PacketType.PubRel, 2, ReasonCode.Success);
        rig.Transport.WriteOnce();
        rig.Connection.Acknowledge(PacketType.PubRel, 3, ReasonCode.Success);
        Assert.Equal(flushes, rig.Transport.Flushes);
        rig.Transport.Unblock();
        Assert.Equal([1, 2, 3], rig.Packets().Select(packet => (int)packet[3]));
    }

    [Fact]
    public void End_FlushMakesAnotherConnectionDirty_IsFlushedInTheSameTurn()
    {
        var first = ConnectionRig.Connected(limits: TenKiB);
        var second = ConnectionRig.Connected();
        first.Transport.IsBlocked = true;
        var message = Wire.Message("t", new string('x', 6_000));
        first.Connection.Publish(Wire.Outbound(message));
        first.Connection.Publish(Wire.Outbound(message));
        first.Transport.WriteOnce();
        first.Session.OnDrained = () => second.Connection.Acknowledge(PacketType.PubRel, 1, ReasonCode.Success);
        var scheduled = second.Transport.ScheduledFlushes;
        OutputTurn.Begin();
        OutputTurn.Enlist(first.Transport, isDelivery: false);
        first.Transport.IsBlocked = false;
        OutputTurn.End();
        Assert.Single(second.Packets());
        Assert.Equal(scheduled, second.Transport.ScheduledFlushes);
    }

    [Fact]
    public async Task Publish_OfALargeFanOut_IsNotWrittenByTheTurn()
    {
        var rig = ConnectionRig.Connected();
        var output = new FanOutOutput();
        var flushes = rig.Transport.Flushes;
        OutputTurn.Begin();
        OutputTurn.BeginFanOut();
        rig.Connection.Publish(Wire.Outbound(Wire.Message("t", "m")));
        OutputTurn.EndFanOut(output, FanOutOutput.FewReceivers + 1);
        OutputTurn.End();
        Assert.Equal((flushes, 0), (rig.Transport.Flushes, rig.Transport.ScheduledFlushes));
        OutputTurn.EndFanOut(output, receiversToCome: 0);
        await rig.Transport.FlushedAsync(flushes + 1);
        Assert.Single(rig.Packets());
    }

    [Fact]
    public async Task Publish_OfAFanOutWithManyReceiversToCome_WaitsForTheFewLast()
    {
        var first = ConnectionRig.Connected();
        var last = ConnectionRig.Connected();
        var output = new FanOutOutput();
        var flushes = first.Transport.Flushes;
        OutputTurn.BeginFanOut();
        first.Connection.Publish(Wire.Outbound(Wire.Message("t", "m")));
        OutputTurn.EndFanOut(output, FanOutOutput.FewReceivers + 1);
        OutputTurn.BeginFanOut();
        last.Connection.Publish(Wire.Outbound(Wire.Message("t", "m")));
        Assert.Equal(flushes, first.Transport.Flushes);
        OutputTurn.EndFanOut(output, FanOutOutput.FewReceivers);
        await Task.WhenAll(first.Transport.FlushedAsync(flushes + 1), last.Transport.FlushedAsync(flushes + 1));
        Assert.Equal((1, 1), (first.Packets().Count, last.Packets().Count));
    }

    [Fact]
    public void Acknowledge_WithinALargeFanOut_IsWrittenAtTheTurnsEnd()
    {
        var rig = ConnectionRig.Connected();
        OutputTurn.Begin();
        OutputTurn.BeginFanOut();
        rig.Connection.Acknowledge(PacketType.PubAck, 1, ReasonCode.Success);
        OutputTurn.EndFanOut(new FanOutOutput(), FanOutOutput.FewReceivers + 1);
        OutputTurn.End();
        Assert.Single(rig.Packets());
    }

    [Fact]
    public async Task Publish_OfAFanOutToMoreThanAPortion_ReachesAll()
    {
        var rigs = Enumerable.Range(0, 300).Select(static _ => ConnectionRig.Connected()).ToArray();
        var flushes = rigs[0].Transport.Flushes;
        OutputTurn.BeginFanOut();
        foreach (var rig in rigs)
            rig.Connection.Publish(Wire.Outbound(Wire.Message("t", "m")));
        OutputTurn.EndFanOut(new FanOutOutput(), receiversToCome: 0);
        await Task.WhenAll(rigs.Select(rig => rig.Transport.FlushedAsync(flushes + 1)));
        Assert.All(rigs, static rig => Assert.Single(rig.Packets()));
    }

    [Fact]
    public void Publish_FromManyThreads_LosesAndTearsNothing()
    {
        var rig = ConnectionRig.Connected(limits: new LimitsOptions { MaxOutputBytes = 64 * 1024 * 1024 });
        const int PerThread = 2_000;
        Parallel.For(0, 4, thread =>
        {
            for (var i = 0; i < PerThread; i++)
                rig.Connection.Publish(Wire.Outbound(Wire.Message($"t/{thread}", $"{i}")));
        });

        var next = new int[4];
        foreach (var packet in rig.Packets())
        {
            PacketDecoder.DecodePublish(ProtocolVersion.Mqtt5, 0, Wire.Body(packet), out var publish);
            var thread = publish.Topic[^1] - '0';
            Assert.Equal(next[thread]++, int.Parse(publish.Payload));
        }

        Assert.Equal([PerThread, PerThread, PerThread, PerThread], next);
    }

    [Fact]
    public void Publish_AfterTheEnd_IsClosed()
    {
        var rig = ConnectionRig.Connected();
        rig.Connection.InputEnded();
        Assert.Equal(SendOutcome.Closed, rig.Connection.Publish(Wire.Outbound(Wire.Message("t", "p"))));
        Assert.Empty(rig.Packets());
    }
}
