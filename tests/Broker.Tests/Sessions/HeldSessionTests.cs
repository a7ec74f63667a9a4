using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Broker.Tests.Messages;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Broker.Tests.Sessions;

/// <summary>What a gateway remembers of a session on another silo (invariant B8).</summary>
public sealed class HeldSessionTests
{
    private readonly SessionRig _rig = new();

    [Fact]
    public void Acknowledged_EveryPhase_IsInTheSnapshot()
    {
        var held = Held(isDurable: true);
        held.Sent(new HeldOutbound(1, 11, QoS.AtLeastOnce, HeldPhase.Sent), null);
        held.Sent(new HeldOutbound(2, 12, QoS.ExactlyOnce, HeldPhase.Sent), null);
        held.Sent(new HeldOutbound(3, 13, QoS.ExactlyOnce, HeldPhase.Sent), null);
        held.Sent(new HeldOutbound(4, 14, QoS.ExactlyOnce, HeldPhase.Sent), null);
        held.Sent(new HeldOutbound(5, 15, QoS.AtLeastOnce, HeldPhase.Sent), null);
        Assert.False(held.Acknowledged(PacketType.PubRec, 2, ReasonCode.Success));
        Assert.False(held.Acknowledged(PacketType.PubRec, 3, ReasonCode.Success));
        held.Answered(PacketType.PubRel, 3, ReasonCode.Success);
        Assert.True(held.Acknowledged(PacketType.PubRec, 4, ReasonCode.QuotaExceeded));
        Assert.True(held.Acknowledged(PacketType.PubAck, 5, ReasonCode.Success));

        var state = held.Snapshot();

        Assert.Equal([(1, HeldPhase.Sent), (2, HeldPhase.Received), (3, HeldPhase.Released)], state.Outbound.Select(static message => ((int)message.PacketIdentifier, message.Phase)));
        Assert.Equal([15, 14], state.Ended);
        Assert.Equal(15, state.LastSequence);
    }

    [Theory]
    [InlineData(PacketType.PubAck, QoS.ExactlyOnce)]
    [InlineData(PacketType.PubRec, QoS.AtLeastOnce)]
    [InlineData(PacketType.PubComp, QoS.ExactlyOnce)]
    [InlineData(PacketType.PubComp, QoS.AtLeastOnce)]
    public void Acknowledged_ByThePacketOfAnotherExchange_NothingEnds(PacketType type, QoS qos)
    {
        var held = Held(isDurable: true);
        held.Sent(new HeldOutbound(1, 11, qos, HeldPhase.Sent), null);
        Assert.False(held.Acknowledged(type, 1, ReasonCode.Success));
        Assert.Equal(HeldPhase.Sent, Assert.Single(held.Snapshot().Outbound).Phase);
    }

    [Fact]
    public void Ended_Many_AreBounded()
    {
        var held = Held(isDurable: true);
        for (var i = 1; i <= 10_000; i++)
        {
            var qos = i % 2 == 0 ? QoS.AtLeastOnce : QoS.ExactlyOnce;
            held.Sent(new HeldOutbound(1, i, qos, HeldPhase.Sent), null);
            held.Acknowledged(i % 2 == 0 ? PacketType.PubAck : PacketType.PubRec, 1, ReasonCode.QuotaExceeded);
        }

        Assert.Equal(2 * 200, held.Snapshot().Ended.Count);
        Assert.Contains(10_000, held.Snapshot().Ended);
        Assert.Contains(9_999, held.Snapshot().Ended);
    }

    [Fact]
    public void Published_Transient_NumbersRiseAndTheLowestWithoutPubRecIsTold()
    {
        var held = Held(isDurable: false);
        var messages = new Publication[4];
        for (ushort i = 0; i < messages.Length; i++)
        {
            held.Published(messages[i] = In((ushort)(i + 1)));
            if (i == 0) held.Answered(PacketType.PubRec, 1, ReasonCode.Success);
        }

        held.Answered(PacketType.PubRec, 3, ReasonCode.Success);
        var next = In(9);
        held.Published(next);

        Assert.Equal([new(7, 1, 1), new(7, 2, 2), new(7, 3, 2), new(7, 4, 2)], messages.Select(static message => message.Origin));
        Assert.Equal(new MessageOrigin(7, 5, 2), next.Origin);
        Assert.Equal([1, 3], held.Snapshot().Received.Order().Select(static identifier => (int)identifier));
    }

    [Fact]
    public void Unanswered_PublishAndPubRel_InTheClientsOrder()
    {
        var held = Held(isDurable: true);
        foreach (ushort identifier in (ushort[])[1, 2, 3, 4]) held.Published(In(identifier));
        foreach (ushort identifier in (ushort[])[1, 2, 3]) held.Answered(PacketType.PubRec, identifier, ReasonCode.Success);
        held.Released(2);
        held.Published(In(5));
        held.Released(1);
        held.Released(4); // before its PUBREC: nothing to release
        Assert.Equal(ReasonCode.Success, held.Answered(PacketType.PubComp, 2, ReasonCode.PacketIdentifierNotFound));

        Assert.Equal([(4, false), (5, false), (1, true)], held.Unanswered().Select(static incoming => ((int)incoming.PacketIdentifier, incoming.IsReleased)));
    }

    [Fact]
    public void Answered_RefusingPubRec_EndsTheExchange()
    {
        var held = Held(isDurable: true);
        held.Published(In(1));
        held.Answered(PacketType.PubRec, 1, ReasonCode.QuotaExceeded);
        Assert.Empty(held.Unanswered());
        Assert.Equal(ReasonCode.PacketIdentifierNotFound, held.Answered(PacketType.PubComp, 1, ReasonCode.PacketIdentifierNotFound));
    }

    [Fact]
    public void Subscribed_ReplacedAndEnded_TheNewestIsHeld()
    {
        var held = Held(isDurable: false);
        held.Subscribed([Of("a", 1), Of("b", 2)], []);
        held.Subscribed([Of("a", 3)], [2]);
        held.Unsubscribed([1]);
        Assert.Equal(["a3"], held.Snapshot().Subscriptions.Select(static subscription => subscription.Filter.Text + subscription.Version));
        Assert.Equal(3u, held.Snapshot().LastVersion);
    }

    [Fact]
    public void SubAck_Passes_ItsVersionIsTheLastUnlessAHigherWas()
    {
        var held = new HeldSession(_rig.Parameters(100), incarnation: 7, epoch: 1, isDurable: true, lastVersion: 5);
        Assert.Equal(5u, held.Snapshot().LastVersion);
        held.SubAck(0);
        Assert.Equal(5u, held.Snapshot().LastVersion);
        held.SubAck(7);
        Assert.Equal(7u, held.Snapshot().LastVersion);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void RetainedOwed_UntilSentOrEnded_IsInTheSnapshot(bool isDurable)
    {
        var held = Held(isDurable);
        Assert.Empty(held.Snapshot().Owed);
        foreach (var version in (uint[])[4, 2, 3, 2, 5]) held.RetainedOwed(version);
        held.Subscribed([], [4]);
        Assert.Equal([2u, 3, 5], held.Snapshot().Owed);
        held.RetainedSent(2);
        held.RetainedSent(77);
        held.Unsubscribed([5]);
        Assert.Equal([3u], held.Snapshot().Owed);
        Assert.True(held.OwesRetained);
        held.RetainedSent(3);
        Assert.False(held.OwesRetained);
    }

    [Fact]
    public void RetainedOwed_SubscribedAgainAndAgain_NoMoreThanSubscriptions()
    {
        var held = Held(isDurable: false);
        for (uint version = 1; version <= 1_000; version++)
        {
            held.RetainedOwed(version);
            held.Subscribed([Of(version % 2 == 0 ? "a" : "b", version)], []);
        }

        Assert.Equal([999u, 1_000], held.Snapshot().Owed);
    }

    private HeldSession Held(bool isDurable) => new(_rig.Parameters(isDurable ? 100u : 0, receiveMaximum: 100), incarnation: 7, epoch: 1, isDurable);

    private static Publication In(ushort identifier) => Publications.Of("m", QoS.ExactlyOnce, packetIdentifier: identifier);

    private static Subscription Of(string filter, uint version) =>
        new(TopicFilter.Parse(filter), new SubscriptionOptions(QoS.AtLeastOnce, false, false, RetainHandling.SendAtSubscribe, 0), version, 0);
}
