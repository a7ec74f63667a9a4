using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Broker.Tests.Messages;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Broker.Tests.Shards;

/// <summary>To whom a shard offers a shared message, and after which answers (invariant B19).</summary>
public sealed class SharedGroupTests
{
    private const string Filter = "$share/g/a";

    private readonly ShardRig _rig = new();

    private void Members(params string[] clients)
    {
        foreach (var client in clients) _rig.Register(client, Filter);
    }

    private SharedOffer TakeOffer(string client)
    {
        var offer = Assert.Single(_rig[client].Offers);
        _rig[client].Offers.Clear();
        Assert.StartsWith("m", offer.Publication.Text(), StringComparison.Ordinal);
        return offer;
    }

    private Publication Return(SharedOffer accepted) => Return(accepted.Publication, Filter);

    private Publication Return(Publication publication, string filter)
    {
        var again = publication.Again(TopicFilter.Parse(filter)).PublishedBy(_rig.Publisher);
        Assert.Null(_rig.Shard.Publish(again));
        return again;
    }

    private void Answer(SharedOffer offer, OfferAnswer answer)
    {
        offer.Answer(answer);
        _rig.RunAnswers();
    }

    [Fact]
    public void Publish_ConnectedMembers_TakeTurns()
    {
        Members("x", "y", "z");
        _rig["y"].IsConnected = false;
        for (var i = 0; i < 6; i++) _rig.Publish("a");
        Assert.Equal((3, 0, 3), (_rig["x"].Offers.Count, _rig["y"].Offers.Count, _rig["z"].Offers.Count));
    }

    [Fact]
    public void Publish_GroupsAndSingleSessions_EachGetACopy()
    {
        Members("x", "y");
        _rig.Register("x", "$share/other/a");
        _rig.Register("x", "a", version: 9);
        var publication = _rig.Publish("a");
        Assert.Equal(2, _rig["x"].Offers.Count + _rig["y"].Offers.Count);
        Assert.Single(_rig["x"].Delivered).Publication.Settle(PartOutcome.Done);
        publication.Settle(PartOutcome.Done);
        Assert.False(_rig.Publisher.IsSettled(publication));
        publication.Settle(PartOutcome.Done);
        Assert.True(_rig.Publisher.IsSettled(publication));
    }

    [Fact]
    public void Answered_Declined_EachOtherMemberIsAskedOnceThoughTurnsMoveOn()
    {
        Members("x", "y");
        _rig.Publish("a", "m1");
        var first = TakeOffer("x");
        _rig.Publish("a", "m2");
        TakeOffer("y");
        Answer(first, OfferAnswer.Declined);
        Assert.Same(first, TakeOffer("y"));
        Assert.False(first.IsLastResort);
        Answer(first, OfferAnswer.Declined);
        Assert.True(first.IsLastResort);
        Assert.Equal(1, _rig["x"].Offers.Count + _rig["y"].Offers.Count);
    }

    [Fact]
    public void Publish_NobodyConnected_IsOfferedAsLastResort()
    {
        Members("x", "y");
        (_rig["x"].IsConnected, _rig["y"].IsConnected) = (false, false);
        _rig.Publish("a");
        Assert.True(TakeOffer("x").IsLastResort);
    }

    [Fact]
    public void Publish_MemberOfWhichNothingIsKnown_IsAskedBeforeAnybodyIsTheLastResort()
    {
        Members("x", "y");
        (_rig["x"].IsConnected, _rig["y"].IsConnected, _rig["y"].IsRemote) = (false, false, true);
        _rig.Publish("a");
        var offer = TakeOffer("y");
        Assert.False(offer.IsLastResort);
        _rig["y"].IsRemote = false; // has come here, offline
        Answer(offer, OfferAnswer.Declined);
        Assert.True(TakeOffer("x").IsLastResort);
    }

    [Fact]
    public void Answered_GoneByAll_SettlesWithoutReceiverAndRemovesTheGroup()
    {
        Members("x", "y");
        var publication = _rig.Publish("a");
        Answer(TakeOffer("x"), OfferAnswer.Gone);
        Assert.Equal(0, _rig["x"].Routes);
        Assert.False(_rig.Publisher.IsSettled(publication));
        Answer(TakeOffer("y"), OfferAnswer.Gone);
        Assert.Equal(ReasonCode.NoMatchingSubscribers, _rig.Publisher.ReasonOf(publication));
        Assert.Equal((0, 1), (_rig.Shard.FilterCount, _rig.Counters.Drops(DropReason.NoSharedMember)));
        Assert.Equal(ReasonCode.NoMatchingSubscribers, _rig.Publisher.ReasonOf(_rig.Publish("a")));
    }

    [Fact]
    public void Answered_GoneButSubscribedAnewMeanwhile_AsksTheNewRoute()
    {
        Members("x");
        _rig.Publish("a");
        var offer = TakeOffer("x");
        _rig.Register("x", Filter, version: 2);
        Answer(offer, OfferAnswer.Gone);
        Assert.Equal(2u, TakeOffer("x").Match.Grants[0].Version);
    }

    [Fact]
    public void Publish_Returned_IsOfferedAgainFromTheBeginning()
    {
        Members("x", "y");
        _rig.Publish("a");
        var accepted = TakeOffer("x");
        _rig["x"].IsConnected = false;
        var again = Return(accepted);
        var offer = TakeOffer("y");
        Assert.Same(again, offer.Publication);
        offer.Publication.Settle(PartOutcome.Done);
        Assert.True(_rig.Publisher.IsSettled(again));
    }

    [Fact]
    public void Publish_ReturnedToAGroupWithoutMembers_IsSettledAndCounted()
    {
        Members("x");
        _rig.Publish("a");
        var accepted = TakeOffer("x");
        _rig.Remove("x", Filter);
        var again = Return(accepted);
        Assert.Equal(ReasonCode.NoMatchingSubscribers, _rig.Publisher.ReasonOf(again));
        Assert.Equal(1, _rig.Counters.Drops(DropReason.NoSharedMember));
    }

    [Theory]
    [InlineData("$share/other/a")] // another group at the same filter
    [InlineData("$share/g/+")]
    [InlineData("a")]
    public void Publish_ReturnedToAnotherSubscription_GroupGetsNothing(string filter)
    {
        Members("x");
        Assert.Equal(ReasonCode.NoMatchingSubscribers, _rig.Publisher.ReasonOf(Return(Publications.Of("m"), filter)));
        Assert.Empty(_rig["x"].Offers);
    }

    [Fact]
    public void Publish_ReturnedWithRetain_ReachesItsGroupAloneAndIsNotRetained()
    {
        Members("x");
        _rig.Register("y", "$share/other/a");
        _rig.Register("z", "a");
        Return(Publications.Of("m", topic: "a", retain: true), Filter);
        Assert.True(TakeOffer("x").Publication.Retain);
        Assert.Empty(_rig["y"].Offers);
        Assert.Empty(_rig["z"].Delivered);
        Assert.Equal(0, _rig.Shard.RetainedCount);
    }

    [Fact]
    public void MemberConnected_OthersOnOtherSilos_AreAskedOnceForWhatTheyWereOffered()
    {
        Members("x", "y", "z");
        foreach (var client in new[] { "x", "y", "z" }) _rig[client].IsRemote = true;
        Connected("y");
        Assert.Equal((1, 0, 1), Asked()); // who knows what they were offered before the shard was here
        Connected("z");
        Assert.Equal((1, 1, 1), Asked());
        Connected("y");
        Assert.Equal((1, 1, 1), Asked());
        _rig.Publish("a");
        TakeOffer("x");
        Connected("y");
        Connected("z");
        Assert.Equal((2, 1, 1), Asked());

        void Connected(string client) => _rig.Shard.MemberConnected(TopicFilter.Parse(Filter), client);

        (int, int, int) Asked() => (_rig["x"].Returns.Count, _rig["y"].Returns.Count, _rig["z"].Returns.Count);
    }

    [Fact]
    public void MemberConnected_OthersWithoutConnection_AreAskedToReturn()
    {
        Members("x", "y", "z");
        (_rig["x"].IsConnected, _rig["y"].IsConnected) = (false, false);
        _rig["y"].IsConnected = true;
        _rig.Shard.MemberConnected(TopicFilter.Parse(Filter), "y");
        Assert.Equal((1, 0, 0), (_rig["x"].Returns.Count, _rig["y"].Returns.Count, _rig["z"].Returns.Count));
        _rig.Shard.MemberConnected(TopicFilter.Parse("$share/g/unknown"), "y");
        _rig.Shard.MemberConnected(TopicFilter.Parse("a"), "y");
        Assert.Single(_rig["x"].Returns);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public void Register_NewMember_ReturnsOnlyWhenItIsConnected(bool connected, int returns)
    {
        Members("x");
        _rig["x"].IsConnected = false;
        _rig["y"].IsConnected = connected;
        _rig.Shard.RestoreRoute(ShardRig.Route(_rig["y"], Filter));
        Assert.Equal(returns, _rig["x"].Returns.Count);
    }
}
