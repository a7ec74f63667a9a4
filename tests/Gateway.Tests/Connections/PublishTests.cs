using System.Text;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Gateway.Connections;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Tests.Connections;

public sealed class PublishTests
{
    // Payload format, content type "a", user property "k"="v".
    private static readonly byte[] Forwarded = [0x01, 0x01, 0x03, 0, 1, (byte)'a', 0x26, 0, 1, (byte)'k', 0, 1, (byte)'v'];

    [Fact]
    public void Receive_PublishQoS0_ReachesTheRouterUnaltered()
    {
        var rig = ConnectionRig.Connected();
        rig.SendPublish("a/b", payload: "hello", retain: true, properties: Forwarded);

        var publication = Assert.Single(rig.Router.Published);
        Assert.Equal("a/b", Encoding.UTF8.GetString(publication.Topic));
        Assert.Equal(Forwarded, publication.ForwardedProperties.ToArray());
        Assert.Equal("hello", Encoding.UTF8.GetString(publication.Payload));
        Assert.Equal((QoS.AtMostOnce, true, "device", 0), (publication.QoS, publication.Retain, publication.PublisherClientId, (int)publication.PacketIdentifier));
        Assert.Equal(Publication.NeverExpires, publication.ExpiresAtMilliseconds);
        Assert.Empty(rig.Packets());
        Assert.Equal(1, rig.Counters.PublicationsReceived);
    }

    [Theory]
    [InlineData(ProtocolVersion.Mqtt31)]
    [InlineData(ProtocolVersion.Mqtt311)]
    public void Receive_Publish3_HasNoProperties(ProtocolVersion version)
    {
        var rig = ConnectionRig.Connected(version);
        rig.SendPublish("a/b", QoS.AtLeastOnce, 5, "hello");
        Assert.Equal(0, Assert.Single(rig.Router.Published).PropertiesLength);
        Assert.Equal([[0x40, 2, 0, 5]], rig.Packets());
    }

    [Fact]
    public void Receive_MessageExpiryInterval_BecomesAMonotonicTime()
    {
        // Invariant B16.
        var rig = ConnectionRig.Connected();
        rig.Advance(TimeSpan.FromSeconds(100));
        rig.SendPublish("t", expiry: 30);
        rig.SendPublish("t", expiry: uint.MaxValue);
        Assert.Equal(rig.Clock.NowMilliseconds + 30_000, rig.Router.Published[0].ExpiresAtMilliseconds);
        Assert.Equal(rig.Clock.NowMilliseconds + (uint.MaxValue * 1000L), rig.Router.Published[1].ExpiresAtMilliseconds);
    }

    [Theory]
    [InlineData(PartOutcome.Done, new byte[] { 0x40, 2, 0, 9 })]
    [InlineData(PartOutcome.NoReceiver, new byte[] { 0x40, 3, 0, 9, 0x10 })]
    [InlineData(PartOutcome.Refused, new byte[] { 0x40, 3, 0, 9, 0x97 })]
    public void Receive_PublishQoS1_IsAcknowledgedWithTheOutcome(PartOutcome outcome, byte[] expected)
    {
        var rig = ConnectionRig.Connected(with: ConnectionRig.WithoutReasonStrings);
        rig.Router.Outcome = outcome;
        rig.SendPublish("t", QoS.AtLeastOnce, 9);
        Assert.Equal(expected, Assert.Single(rig.Packets()));
    }

    [Fact]
    public void Settled_OutOfOrder_PubAcksLeaveInTheOrderOfThePublishes()
    {
        var rig = ConnectionRig.Connected();
        rig.Router.Holds = true;
        for (ushort id = 1; id <= 20; id++)
            rig.SendPublish("t", QoS.AtLeastOnce, id);
        foreach (var index in Enumerable.Range(1, 19).Reverse())
            rig.Router.Published[index].Settle(PartOutcome.Done);
        Assert.Empty(rig.Packets());

        rig.Router.Published[0].Settle(PartOutcome.Done);
        Assert.Equal(Enumerable.Range(1, 20), rig.Packets().Select(packet => (packet[2] << 8) | packet[3]));
    }

    [Fact]
    public void Settled_SameIdentifierTwiceIn311_IsAcknowledgedTwice()
    {
        var rig = ConnectionRig.Connected(ProtocolVersion.Mqtt311);
        rig.Router.Holds = true;
        rig.SendPublish("t", QoS.AtLeastOnce, 4);
        rig.SendPublish("t", QoS.AtLeastOnce, 4);
        rig.Router.Published[1].Settle(PartOutcome.Done);
        rig.Router.Published[0].Settle(PartOutcome.Done);
        Assert.Equal([[0x40, 2, 0, 4], [0x40, 2, 0, 4]], rig.Packets());
    }

    [Fact]
    public void Receive_PublishQoS2_GoesToTheSessionNotTheRouter()
    {
        var rig = ConnectionRig.Connected();
        rig.SendPublish("t", QoS.ExactlyOnce, 3);
        Assert.Equal(3, Assert.Single(rig.Session.ExactlyOnce).PacketIdentifier);
        Assert.Empty(rig.Router.Published);
        Assert.Empty(rig.Packets());

        rig.Connection.Acknowledge(PacketType.PubRec, 3, ReasonCode.Success);
        rig.Connection.Acknowledge(PacketType.PubComp, 3, ReasonCode.Success);
        Assert.Equal([[0x50, 2, 0, 3], [0x70, 2, 0, 3]], rig.Packets());
    }

    [Fact]
    public void Receive_PublishQoS2AndTheSessionIsGone_Closes()
    {
        var rig = ConnectionRig.Connected();
        rig.Session.IsHere = false;
        Assert.Equal(ReceiveStatus.Closed, rig.SendPublish("t", QoS.ExactlyOnce, 3));
        Assert.Equal(ReasonCode.ServerBusy, rig.Disconnect().ReasonCode);
    }

    [Fact]
    public void Receive_TopicAlias_StandsForItsTopic()
    {
        var rig = ConnectionRig.Connected();
        rig.SendPublish("long/topic", alias: 1);
        rig.SendPublish("", alias: 1);
        rig.SendPublish("other", alias: 1);
        rig.SendPublish("", alias: 1);
        rig.SendPublish("last", alias: (ushort)rig.Limits.MaxTopicAliases);
        Assert.Equal(
            ["long/topic", "long/topic", "other", "other", "last"],
            rig.Router.Published.Select(publication => Encoding.UTF8.GetString(publication.Topic)));
        Assert.All(rig.Router.Published, publication => Assert.Equal(0, publication.PropertiesLength));
    }

    [Theory]
    [InlineData("t", 33)]
    [InlineData("", 1)]
    public void Receive_TopicAliasAboveTheMaximumOrUnset_IsInvalid(string topic, ushort alias)
    {
        var rig = ConnectionRig.Connected();
        rig.SendPublish(topic, alias: alias);
        Assert.Equal(ReasonCode.TopicAliasInvalid, rig.Disconnect().ReasonCode);
        Assert.Empty(rig.Router.Published);
    }

    [Fact]
    public void Receive_TopicAliasWhenNoneIsAllowed_IsInvalid()
    {
        var rig = ConnectionRig.Connected(limits: new LimitsOptions { MaxTopicAliases = 0 });
        rig.SendPublish("t", alias: 1);
        Assert.Equal(ReasonCode.TopicAliasInvalid, rig.Disconnect().ReasonCode);
    }

    [Fact]
    public void Receive_BeyondALimit_NamesIt()
    {
        AssertFails(new LimitsOptions { MaxQoS = 1 }, rig => rig.SendPublish("t", QoS.ExactlyOnce), ReasonCode.QoSNotSupported);
        AssertFails(new LimitsOptions { MaxRetainedMessages = 0 }, rig => rig.SendPublish("t", retain: true), ReasonCode.RetainNotSupported);
        AssertFails(new LimitsOptions { MaxTopicLevels = 2 }, rig => rig.SendPublish("a/b/c"), ReasonCode.TopicNameInvalid);
        AssertFails(new LimitsOptions { MaxUserProperties = 0 }, rig => rig.SendPublish("t", properties: Forwarded), ReasonCode.QuotaExceeded);
        AssertFails(new LimitsOptions(), rig => rig.SendPublish("a/+"), ReasonCode.TopicNameInvalid);
    }

    [Fact]
    public void Receive_ExactlyAtALimit_IsTaken()
    {
        var rig = ConnectionRig.Connected(limits: new LimitsOptions { MaxTopicLevels = 2, MaxUserProperties = 1, MaxQoS = 0 });
        rig.SendPublish("a/b", properties: Forwarded);
        Assert.Single(rig.Router.Published);
    }

    [Fact]
    public void Receive_RetainWhenNotAvailableIn311_IsDeliveredAnyway()
    {
        var rig = ConnectionRig.Connected(ProtocolVersion.Mqtt311, new LimitsOptions { MaxRetainedMessages = 0 });
        rig.SendPublish("t", retain: true);
        Assert.Single(rig.Router.Published);
    }

    [Theory]
    [InlineData(QoS.AtMostOnce, new byte[] { 0xE0, 1, 0x99 })]
    [InlineData(QoS.AtLeastOnce, new byte[] { 0x40, 3, 0, 6, 0x99 })]
    [InlineData(QoS.ExactlyOnce, new byte[] { 0x50, 3, 0, 6, 0x99 })]
    public void Receive_PayloadNotAsItsFormatSays_IsToldAndCounted(QoS qos, byte[] expected)
    {
        var rig = ConnectionRig.Connected(
            limits: new LimitsOptions { ValidatePayloadFormat = true },
            with: packet => ConnectionRig.WithoutReasonStrings(packet) with { MaximumPacketSize = 30 });
        var packet = Wire.Publish(ProtocolVersion.Mqtt5, "t", qos, 6, "payload", properties: [0x01, 0x01]);
        packet[^1] = 0xFF;
        rig.Send(packet);
        Assert.Equal(expected, Assert.Single(rig.Packets()));
        Assert.Empty(rig.Router.Published);
        Assert.Empty(rig.Session.ExactlyOnce);
        Assert.Equal(1, rig.Counters.Drops(DropReason.PayloadFormatInvalid));
    }

    [Theory]
    [InlineData(QoS.AtMostOnce, null)]
    [InlineData(QoS.AtLeastOnce, new byte[] { 0x40, 3, 0, 6, 0x87 })]
    [InlineData(QoS.ExactlyOnce, new byte[] { 0x50, 3, 0, 6, 0x87 })]
    public void Receive_NotPermitted5_IsToldAndCounted(QoS qos, byte[]? expected)
    {
        var rig = ConnectionRig.Connected(with: ConnectionRig.WithoutReasonStrings);
        rig.Admission.ForbiddenTopics.Add("secret");
        rig.SendPublish("secret", qos, 6);
        AssertDropped(rig, expected);
    }

    [Theory]
    [InlineData(QoS.AtMostOnce, null)]
    [InlineData(QoS.AtLeastOnce, new byte[] { 0x40, 2, 0, 6 })]
    [InlineData(QoS.ExactlyOnce, new byte[] { 0x50, 2, 0, 6 })]
    public void Receive_NotPermitted311_IsAcknowledgedDroppedAndCounted(QoS qos, byte[]? expected)
    {
        var rig = ConnectionRig.Connected(ProtocolVersion.Mqtt311);
        rig.Admission.ForbiddenTopics.Add("secret");
        rig.SendPublish("secret", qos, 6);
        AssertDropped(rig, expected);
    }

    [Theory]
    [InlineData(ProtocolVersion.Mqtt311)]
    [InlineData(ProtocolVersion.Mqtt5)]
    public void Receive_NotPermittedUnderIdentifierInUse_LeavesTheOpenExchange(ProtocolVersion version)
    {
        var rig = ConnectionRig.Connected(version, new LimitsOptions { ReceiveMaximum = 1 });
        rig.Admission.ForbiddenTopics.Add("secret");
        rig.SendPublish("t", QoS.ExactlyOnce, 6);
        var pending = rig.Services.Pending.Bytes;
        Assert.NotEqual(0, pending);

        // Its PUBREC is on its way: none more, and the message still counts.
        rig.SendPublish("secret", QoS.ExactlyOnce, 6);
        Assert.Empty(rig.Packets());
        Assert.Equal(pending, rig.Services.Pending.Bytes);

        rig.Connection.Acknowledge(PacketType.PubRec, 6, ReasonCode.Success);
        rig.SendPublish("secret", QoS.ExactlyOnce, 6);
        Assert.Equal([[0x50, 2, 0, 6], [0x50, 2, 0, 6]], rig.Packets());
        Assert.Equal("t", Encoding.UTF8.GetString(Assert.Single(rig.Session.ExactlyOnce).Topic));

        // And it still uses up the quota, which only 5.0 clients know.
        var next = rig.SendPublish("t", QoS.ExactlyOnce, 7);
        Assert.Equal(version == ProtocolVersion.Mqtt5 ? ReceiveStatus.Closed : ReceiveStatus.NeedMoreData, next);
    }

    [Theory]
    [InlineData(ProtocolVersion.Mqtt311)]
    [InlineData(ProtocolVersion.Mqtt5)]
    public void Receive_IdentifierOfARefusedMessage_CountsAnew(ProtocolVersion version)
    {
        var rig = ConnectionRig.Connected(version, new LimitsOptions { MaxPendingPublishes = 1 });
        rig.Admission.ForbiddenTopics.Add("secret");
        rig.SendPublish("secret", QoS.ExactlyOnce, 6);
        Assert.Equal(0x50, Assert.Single(rig.Packets())[0]);

        rig.SendPublish("t", QoS.ExactlyOnce, 6);
        Assert.NotEqual(0, rig.Services.Pending.Bytes);
        Assert.Equal(ReceiveStatus.Paused, rig.SendPublish("t", QoS.ExactlyOnce, 7));
    }

    [Fact]
    public void Receive_NotPermittedByAlias_IsRefusedTheSame()
    {
        var rig = ConnectionRig.Connected(with: ConnectionRig.WithoutReasonStrings);
        rig.SendPublish("secret", alias: 2);
        rig.Admission.ForbiddenTopics.Add("secret");
        rig.SendPublish("", QoS.AtLeastOnce, 6, alias: 2);
        Assert.Equal([0x40, 3, 0, 6, 0x87], Assert.Single(rig.Packets()));
    }

    [Fact]
    public void Receive_NotPermittedBehindOneInFlight_WaitsForItsTurn()
    {
        var rig = ConnectionRig.Connected(with: ConnectionRig.WithoutReasonStrings);
        rig.Router.Holds = true;
        rig.Admission.ForbiddenTopics.Add("secret");
        rig.SendPublish("t", QoS.AtLeastOnce, 1);
        rig.SendPublish("secret", QoS.AtLeastOnce, 2);
        Assert.Empty(rig.Packets());
        rig.Router.Published[0].Settle(PartOutcome.Done);
        Assert.Equal([[0x40, 2, 0, 1], [0x40, 3, 0, 2, 0x87]], rig.Packets());
    }

    [Fact]
    public void Receive_ReceiveMaximumExceeded_Closes()
    {
        var rig = ConnectionRig.Connected(limits: new LimitsOptions { ReceiveMaximum = 2 });
        rig.Router.Holds = true;
        rig.SendPublish("t", QoS.AtLeastOnce, 1);
        rig.SendPublish("t", QoS.ExactlyOnce, 2);
        rig.SendPublish("t", QoS.AtMostOnce);
        rig.SendPublish("t", QoS.ExactlyOnce, 2);
        Assert.Empty(rig.Packets());
        rig.SendPublish("t", QoS.AtLeastOnce, 3);
        Assert.Equal(ReasonCode.ReceiveMaximumExceeded, rig.Disconnect().ReasonCode);
    }

    [Theory]
    [InlineData(PacketType.PubComp, ReasonCode.Success)]
    [InlineData(PacketType.PubRec, ReasonCode.NotAuthorized)]
    public void Acknowledge_EndOfAQoS2Exchange_GivesItsQuotaBack(PacketType type, ReasonCode reason)
    {
        var rig = ConnectionRig.Connected(limits: new LimitsOptions { ReceiveMaximum = 1 });
        for (ushort id = 1; id <= 3; id++)
        {
            rig.SendPublish("t", QoS.ExactlyOnce, id);
            rig.Connection.Acknowledge(type, id, reason);
        }

        Assert.Equal(3, rig.Session.ExactlyOnce.Count);
        Assert.True(rig.Connection.IsOpen);
        rig.SendPublish("t", QoS.ExactlyOnce, 4);
        rig.Connection.Acknowledge(PacketType.PubRec, 4, ReasonCode.Success);
        rig.SendPublish("t", QoS.AtLeastOnce, 5);
        Assert.False(rig.Connection.IsOpen);
    }

    [Fact]
    public void Receive_WithinTheRouter_NoLockIsHeld()
    {
        // Invariant B5: another thread can append output while a publication is on its way through the shards.
        var rig = ConnectionRig.Connected();
        rig.Router.OnPublish = _ => Assert.True(Task.Run(() => rig.Connection.Acknowledge(PacketType.PubRel, 1, ReasonCode.Success)).Wait(TimeSpan.FromSeconds(30)));
        rig.SendPublish("t", QoS.AtLeastOnce, 1);
        Assert.Equal([PacketType.PubRel, PacketType.PubAck], rig.Packets().Select(Wire.TypeOf));
    }

    [Fact]
    public void Settled_AfterTheConnectionClosed_IsIgnored()
    {
        var rig = ConnectionRig.Connected();
        rig.Router.Holds = true;
        rig.SendPublish("t", QoS.AtLeastOnce, 1);
        rig.Connection.InputEnded();
        rig.Router.Published[0].Settle(PartOutcome.Done);
        Assert.Empty(rig.Packets());
        Assert.Equal(0, rig.Services.Pending.Bytes);
    }

    [Theory]
    [InlineData("$SYS")]
    [InlineData("$SYS/broker/version")]
    public void Receive_PublishBelowSys_IsRefusedWhateverTheRulesSay(string topic)
    {
        var rig = ConnectionRig.Connected(with: ConnectionRig.WithoutReasonStrings);
        rig.SendPublish(topic, QoS.AtLeastOnce, 1);
        AssertDropped(rig, [0x40, 3, 0, 1, (byte)ReasonCode.NotAuthorized]);
    }

    private static void AssertFails(LimitsOptions limits, Action<ConnectionRig> send, ReasonCode reason)
    {
        var rig = ConnectionRig.Connected(limits: limits);
        send(rig);
        Assert.Equal(reason, rig.Disconnect().ReasonCode);
        Assert.Empty(rig.Router.Published);
    }

    private static void AssertDropped(ConnectionRig rig, byte[]? expected)
    {
        Assert.Equal(expected is null ? [] : [expected], rig.Packets());
        Assert.Empty(rig.Router.Published);
        Assert.Empty(rig.Session.ExactlyOnce);
        Assert.Equal(1, rig.Counters.Drops(DropReason.NotAuthorized));
        Assert.True(rig.Connection.IsOpen);
    }
}
