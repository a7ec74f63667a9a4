using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Broker.Tests.Messages;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Broker.Tests.Sessions;

/// <summary>A session's silo dies at every step of an exchange, its client's connection does not (invariant B8).</summary>
public sealed class SessionReattachTests
{
    private readonly HeldRig _rig = new();

    [Theory]
    [InlineData(QoS.AtLeastOnce, 0)]
    [InlineData(QoS.AtLeastOnce, 1)]
    [InlineData(QoS.ExactlyOnce, 0)]
    [InlineData(QoS.ExactlyOnce, 1)]
    [InlineData(QoS.ExactlyOnce, 2)]
    public void Durable_DiesAfterEachStep_TheExchangeGoesOnAndNothingIsSentTwice(QoS qos, int answers)
    {
        foreach (var (isStored, isAnswerStored) in ((bool, bool)[])[(false, false), (true, false), (true, true)])
        {
            var rig = new HeldRig();
            rig.Connect(SessionRig.Durable);
            rig.Subscribe();
            rig.Commit();
            rig.Deliver("m", qos, token: 5);
            if (qos == QoS.ExactlyOnce || isStored) rig.Commit();
            for (var i = 0; i < answers; i++)
            {
                Assert.True(rig.Client.AnswerNext());
                if (i + 1 < answers || isAnswerStored) rig.Commit();
            }

            rig.Crash();
            rig.Reattach();
            // Its shard has not heard that it was done.
            rig.Deliver("m", qos, token: 5);
            rig.Commit();
            rig.Client.AnswerAll(rig.Commit);
            rig.Commit();

            Assert.Equal(["m"], rig.Client.Received);
            Assert.Equal(0, rig.Session.InflightCount);
            Assert.True(rig.IsEverySettled);
            Assert.Equal(["h0", "s1"], rig.Journal.Committed);
        }
    }

    /// <summary>What the journal says of SUBACK and what the gateway has seen are two things: a SUBACK may go with its silo, or leave before it is stored that it has.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Durable_SubAckOnTheWay_IsAnsweredIfItHasPassed(bool hasPassed)
    {
        _rig.Connect(SessionRig.Durable);
        _rig.Subscribe("answered");
        _rig.Client.Held.SubAck(1);
        _rig.Commit();
        var subscription = _rig.Session.Subscribe(TopicFilter.Parse("a"), default, out _)!;
        _rig.Commit();
        _rig.Session.Confirm(subscription);
        if (hasPassed) _rig.Client.Held.SubAck(subscription.Version);
        else _rig.Commit();
        _rig.Crash();
        _rig.Reattach();

        Assert.True(_rig.Subscribe("answered").Renews);
        if (!hasPassed) Assert.False(_rig.Subscribe("a").Renews);
        Assert.True(_rig.Subscribe("a").Renews);
    }

    [Fact]
    public void Durable_CommittedAndNeverSent_IsSentNowWithoutDup()
    {
        _rig.Connect(SessionRig.Durable, receiveMaximum: 1);
        _rig.Subscribe();
        for (var i = 1; i <= 3; i++) _rig.Deliver($"m{i}");
        _rig.Commit();
        _rig.Crash();
        _rig.Reattach();
        _rig.Client.AnswerAll(_rig.Commit);
        Assert.Equal(["m1", "m2", "m3"], _rig.Client.Received);
        Assert.DoesNotContain(_rig.Client.Packets, static packet => packet.Duplicate);
    }

    [Fact]
    public void Durable_RetainedWentBeforeAnOlderQueuedMessage_BothCome()
    {
        _rig.Connect(SessionRig.Durable, receiveMaximum: 1);
        var subscription = _rig.Subscribe();
        _rig.Session.BeginSubscribe();
        _rig.Deliver("live");
        _rig.Session.DeliverRetained(new RetainedBatch(_rig.Match(subscription), [Publications.Retained("old")]), 0);
        _rig.Session.CompleteSubscribe(_rig.Client, 0);
        _rig.Commit();
        _rig.Client.AnswerNext();
        _rig.Crash();
        _rig.Reattach();
        _rig.Client.AnswerAll(_rig.Commit);
        Assert.Equal(["old", "live"], _rig.Client.Received);
    }

    [Fact]
    public void Durable_IdentifierUnknownToTheJournal_StaysReserved()
    {
        _rig.Connect(SessionRig.Durable);
        _rig.Subscribe();
        _rig.Commit();
        _rig.Deliver("lost with its silo");
        _rig.Crash();
        _rig.Reattach();
        _rig.Deliver("next");
        Assert.Equal([1, 2], _rig.Client.Packets.Select(static packet => (int)packet.Identifier));
        _rig.Client.AnswerAll(_rig.Commit);
        Assert.Equal(0, _rig.Session.InflightCount);
    }

    [Fact]
    public void Durable_UncommittedThatComesAgain_IsStoredUnderItsIdentifierAndSentAgainOnTheNextConnection()
    {
        _rig.Connect(SessionRig.Durable);
        _rig.Subscribe();
        _rig.Commit();
        _rig.Deliver("m", token: 5);
        _rig.Crash();
        _rig.Reattach();
        var again = _rig.Deliver("m", token: 5);
        Assert.False(_rig.IsSettled(again));
        _rig.Commit();
        Assert.True(_rig.IsSettled(again));
        Assert.Equal(["m"], _rig.Client.Received);
        _rig.Detach();
        Assert.Equal(["PUBLISH 1 m dup"], _rig.ConnectAnother().Take());
    }

    [Theory]
    [InlineData(QoS.AtLeastOnce)]
    [InlineData(QoS.ExactlyOnce)]
    public void Transient_DiesInTheMiddle_SubscriptionsIdentifiersAndOrderStay(QoS qos)
    {
        _rig.Connect(SessionRig.Transient);
        _rig.Subscribe("t", qos);
        _rig.Deliver("m1", qos, token: 1);
        _rig.Deliver("m2", qos, token: 2);
        _rig.Client.AnswerNext();
        _rig.Crash();
        _rig.Reattach();
        _rig.Deliver("m2", qos, token: 2);
        _rig.Deliver("m3", qos, token: 3);
        _rig.Client.AnswerAll(_rig.Commit);
        Assert.Equal(["m1", "m2", "m3"], _rig.Client.Received);
        Assert.Equal(0, _rig.Session.InflightCount);
        Assert.True(_rig.IsEverySettled);
    }

    [Fact]
    public void Transient_QueuesAtItsGatewayAndIsSettledByIt()
    {
        _rig.Connect(SessionRig.Transient, receiveMaximum: 1);
        _rig.Subscribe();
        _rig.Client.SettlesAtOnce = false;
        var messages = new[] { _rig.Deliver("m1"), _rig.Deliver("m2") };
        Assert.Equal(2, _rig.Client.Received.Count);
        Assert.DoesNotContain(messages, _rig.IsSettled);
        _rig.Client.SettleAll();
        Assert.All(messages, message => Assert.True(_rig.IsSettled(message)));
    }

    [Fact]
    public void Transient_SubscriptionsOfTheNextActivation_HaveHigherVersions()
    {
        _rig.Connect(SessionRig.Transient);
        var before = _rig.Subscribe("a");
        _rig.Crash();
        _rig.Reattach();
        Assert.Equal(before.Version, Assert.Single(_rig.Session.Subscriptions.Items.ToArray()).Version);
        Assert.True(_rig.Subscribe("b").Version > before.Version + 100_000);
    }

    [Fact]
    public void Transient_ExactlyOnceThatComesFromItsPublisherAgain_IsTakenOnce()
    {
        _rig.Connect(SessionRig.Transient);
        _rig.Subscribe();
        _rig.Deliver("m", QoS.ExactlyOnce, origin: new MessageOrigin(9, 3, 3));
        _rig.Crash();
        _rig.Reattach();
        _rig.Deliver("m", QoS.ExactlyOnce, origin: new MessageOrigin(9, 3, 3));
        _rig.Deliver("next", QoS.ExactlyOnce, origin: new MessageOrigin(9, 4, 3));
        Assert.Equal(["m", "next"], _rig.Client.Received);
        Assert.True(_rig.IsEverySettled);
    }

    [Theory]
    [InlineData(SessionRig.Transient)]
    [InlineData(SessionRig.Durable)]
    public void Incoming_BetweenPubRecAndPubRel_IsReleased(uint expiry)
    {
        _rig.Connect(expiry);
        _rig.Publish("in", 7);
        _rig.Commit();
        _rig.SettleForwarded();
        _rig.Commit();
        Assert.Equal("PUBREC 7", _rig.Client.Packets[^1].ToString());
        _rig.Crash();
        _rig.Reattach();
        _rig.Client.Held.Released(7);
        _rig.Session.PubRel(7);
        _rig.Commit();
        Assert.Equal("PUBCOMP 7", _rig.Client.Packets[^1].ToString());
    }

    [Fact]
    public void Incoming_WithoutPubRec_IsHandedOnAgainAsTheSame()
    {
        _rig.Connect(SessionRig.Transient);
        _rig.Publish("in", 7);
        var before = Assert.Single(_rig.Forwarded());
        _rig.Crash();
        _rig.Reattach();
        foreach (var incoming in _rig.Client.Held.Unanswered()) _rig.Session.PublishExactlyOnce(incoming.Publication!);
        Assert.Equal(before.Origin, Assert.Single(_rig.Forwarded()).Origin);
        Assert.NotNull(before.Origin);
    }

    [Fact]
    public void MayReattach_TakenOverOrEnded_False()
    {
        _rig.Connect(SessionRig.Durable);
        _rig.Commit();
        var held = _rig.Client.Held.Snapshot();
        _rig.Crash();
        Assert.True(_rig.Session.MayReattach(held, isSame: false));
        Assert.False(_rig.Session.MayReattach(held with { Incarnation = held.Incarnation + 1 }, isSame: false));
        Assert.False(_rig.Session.MayReattach(held with { Epoch = held.Epoch + 1 }, isSame: false));
        _rig.ConnectAnother();
        Assert.False(_rig.Session.MayReattach(held, isSame: false));
        Assert.False(new Session("client", new(), new()).MayReattach(held, isSame: false));
        Assert.True(new Session("client", new(), new()).MayReattach(held with { IsDurable = false }, isSame: false));
    }

    [Fact]
    public void Awaited_NobodyComes_CountsAsDisconnected()
    {
        _rig.Connect(SessionRig.Durable, will: new WillMessage("twill"u8.ToArray(), 1, 0, QoS.AtLeastOnce, false, 0, null));
        _rig.Commit();
        _rig.Crash();
        Assert.True(_rig.Session.IsAwaited);
        _rig.Session.Due(HeldRig.AwaitedUntil - 1);
        Assert.DoesNotContain(SessionEffectKind.PublishWill, _rig.EffectKinds());
        Assert.Equal(HeldRig.AwaitedUntil, _rig.Session.Deadline(0));
        _rig.Session.Due(HeldRig.AwaitedUntil);
        Assert.Contains(SessionEffectKind.PublishWill, _rig.EffectKinds());
        Assert.Equal(HeldRig.AwaitedUntil, _rig.Session.DisconnectedAtMilliseconds);
        Assert.False(_rig.Session.MayReattach(_rig.Client.Held.Snapshot(), isSame: false));
    }

    [Fact]
    public void AbandonReattach_StoreDidNotAnswer_GatewayMayComeAgain()
    {
        _rig.Connect(SessionRig.Durable);
        _rig.Commit();
        _rig.Crash();
        var held = _rig.Client.Held.Snapshot();
        _rig.Session.BeginReattach(_rig.Client, held);
        _rig.Session.AbandonReattach(_rig.Client, HeldRig.AwaitedUntil);
        Assert.True(_rig.Session.MayReattach(held, isSame: false));
        _rig.Reattach();
        Assert.True(_rig.Session.IsConnected);
    }
}
