using OrleansBroker.Soak.Tests.Model;

namespace OrleansBroker.Soak.Tests.ModelTests;

/// <summary>What the model takes for right, and that it sees each kind of difference.</summary>
public sealed class RoundCheckTests
{
    private const string Missing = "a copy is missing";
    private const string Surplus = "a copy that must not be";

    private readonly RoundBuilder _round = new();

    [Fact]
    public void Run_TheCopyThatMustCome_IsRight()
    {
        RoundBuilder.Receive(_round.Subscriber(Own("a/+", 1, identifier: 5)), _round.Publish(1, "a/b", 2), 1, identifiers: "5");
        Assert.Empty(_round.Check());
    }

    [Fact]
    public void Run_NoCopy_IsMissing()
    {
        _round.Subscriber(Own("a/+", 1));
        _round.Publish(1, "a/b", 1);
        Assert.Equal([Missing], _round.Check());
    }

    [Fact]
    public void Run_NoCopyWhereItMayBeAbsent_IsRight()
    {
        var unsubscribed = _round.Subscriber(Own("a/#", 1));
        unsubscribed.Timeline("a/#").Add(new Window(35, 36), grant: null);
        _round.Subscriber(Own("a/#", 1), "ended").End(new Window(60, 70));
        RoundBuilder.Subscribe(_round.Session("late"), Own("a/#", 1) with { RetainHandling = 2 }, new Window(39, 41));
        _round.Publish(1, "a/b", 1);
        _round.Publish(2, "a/b", 1, isCertain: false, begin: 21, end: 22);
        Assert.Empty(_round.Check());
    }

    [Fact]
    public void Run_QoS0WithoutConnection_MayBeAbsent()
    {
        _round.Subscriber(Own("a", 0)).Connections[0].CloseBegin = 35;
        _round.Publish(1, "a", 2);
        Assert.Empty(_round.Check());
    }

    [Fact]
    public void Run_QoS0Connected_IsMissing()
    {
        _round.Subscriber(Own("a", 0));
        _round.Publish(1, "a", 2);
        Assert.Equal([Missing], _round.Check());
    }

    [Theory]
    [InlineData(2, false, "5")]
    [InlineData(1, true, "5")]
    [InlineData(1, false, "")]
    [InlineData(1, false, "5,5")]
    [InlineData(1, false, "6")]
    public void Run_ACopyThatIsDifferent_IsSeen(int qos, bool retain, string identifiers)
    {
        RoundBuilder.Receive(_round.Subscriber(Own("a", 1, identifier: 5)), _round.Publish(1, "a", 2), qos, retain, identifiers);
        Assert.Equal([Missing, Surplus], _round.Check());
    }

    [Fact]
    public void Run_TwoCopies_AreOneTooMany()
    {
        var session = _round.Subscriber(Own("a", 1));
        var message = _round.Publish(1, "a", 1);
        RoundBuilder.Receive(session, message, 1);
        RoundBuilder.Receive(session, message, 1);
        Assert.Equal([Surplus], _round.Check());
    }

    [Fact]
    public void Run_TwoAttempts_MayBeTwoCopies()
    {
        var session = _round.Subscriber(Own("a", 1));
        var message = _round.Publish(1, "a", 1, isCertain: false);
        message.Attempts.Add(new Attempt(41));
        message.Attempts[1].Accepted(42);
        RoundBuilder.Receive(session, message, 1);
        Assert.Empty(_round.Check());
        RoundBuilder.Receive(session, message, 1);
        Assert.Empty(_round.Check());
    }

    [Fact]
    public void Run_ACopyWithoutSubscription_IsSeen()
    {
        RoundBuilder.Receive(_round.Session(), _round.Publish(1, "a", 1), 1);
        Assert.Equal([Surplus], _round.Check());
    }

    [Fact]
    public void Run_ACopyBeforeItWasSent_IsSeen()
    {
        RoundBuilder.Receive(_round.Subscriber(Own("a", 1)), _round.Publish(1, "a", 1), 1, stamp: 29);
        Assert.Equal([Missing, Surplus], _round.Check());
    }

    [Fact]
    public void Run_OverlappingSubscriptions_GiveOneCopyOfTheHigherQoSWithBothIdentifiers()
    {
        var session = _round.Subscriber(Own("a/#", 2, identifier: 7));
        RoundBuilder.Subscribe(session, Own("+/b", 0, identifier: 3), new Window(10, 20));
        RoundBuilder.Receive(session, _round.Publish(1, "a/b", 2), 2, identifiers: "3,7");
        Assert.Empty(_round.Check());
    }

    [Fact]
    public void Run_NoLocal_KeepsTheOwnMessagesAway()
    {
        var session = _round.Subscriber(Own("a", 1) with { NoLocal = true }, "me");
        var message = _round.Publish(1, "a", 1, clientId: "me");
        Assert.Empty(_round.Check());
        RoundBuilder.Receive(session, message, 1);
        Assert.Equal([Surplus], _round.Check());
    }

    [Fact]
    public void Run_NoLocal_KeepsTheOwnRetainedMessagesAwayToo()
    {
        var session = _round.Session("me");
        RoundBuilder.Subscribe(session, Own("a", 1) with { NoLocal = true }, new Window(50, 60));
        var message = _round.Publish(1, "a", 1, retain: true, clientId: "me");
        Assert.Empty(_round.Check());
        RoundBuilder.Receive(session, message, 1, retain: true, stamp: 61);
        Assert.Equal([Surplus], _round.Check());
    }

    [Fact]
    public void Run_OutOfOrder_IsSeen()
    {
        var session = _round.Subscriber(Own("a", 1));
        var (first, second) = (_round.Publish(1, "a", 1), _round.Publish(2, "a", 1));
        RoundBuilder.Receive(session, second, 1);
        RoundBuilder.Receive(session, first, 1);
        Assert.Equal(["out of order"], _round.Check());
    }

    [Fact]
    public void Run_ARetainedMessage_MustComeAndBeTheCurrentOne()
    {
        var session = _round.Session();
        RoundBuilder.Subscribe(session, Own("a", 1), new Window(50, 60));
        var (older, newer) = (_round.Publish(1, "a", 1, retain: true), _round.Publish(2, "a", 1, begin: 41, end: 45, retain: true));
        Assert.Equal([Missing], _round.Check());
        RoundBuilder.Receive(session, newer, 1, retain: true, stamp: 61);
        Assert.Empty(_round.Check());
        RoundBuilder.Receive(session, older, 1, retain: true, stamp: 61);
        Assert.Equal([Surplus], _round.Check());
    }

    [Fact]
    public void Run_AClearedRetainedMessage_MustNotCome()
    {
        var session = _round.Session();
        RoundBuilder.Subscribe(session, Own("a", 1), new Window(50, 60));
        var message = _round.Publish(1, "a", 1, retain: true);
        _round.Publish(2, "a", 1, begin: 41, end: 45, retain: true, length: 0);
        Assert.Empty(_round.Check());
        RoundBuilder.Receive(session, message, 1, retain: true, stamp: 61);
        Assert.Equal([Surplus], _round.Check());
    }

    [Fact]
    public void Run_PublishedDuringTheSubscribe_ComesOnce()
    {
        var session = _round.Session();
        RoundBuilder.Subscribe(session, Own("a", 1), new Window(30, 40));
        var message = _round.Publish(1, "a", 1, begin: 31, end: 41, retain: true);
        Assert.Equal(["neither retained nor live came"], _round.Check());
        RoundBuilder.Receive(session, message, 1, retain: true);
        Assert.Empty(_round.Check());
        RoundBuilder.Receive(session, message, 1);
        Assert.Equal(["retained and live both came"], _round.Check());
    }

    [Fact]
    public void Run_ASharedMessage_GoesToOneMember()
    {
        var (one, other) = (_round.Subscriber(Shared(1), "one"), _round.Subscriber(Shared(1), "other"));
        var message = _round.Publish(1, "a", 1);
        Assert.Equal(["no member got a shared message"], _round.Check());
        RoundBuilder.Receive(one, message, 1, identifiers: "9");
        Assert.Empty(_round.Check());
        RoundBuilder.Receive(other, message, 1, identifiers: "9");
        Assert.Equal(["more than one member got a shared message"], _round.Check());
    }

    [Fact]
    public void Run_ASharedMessageOfAMemberThatEnded_MayGoToAnotherUnlessAcknowledged()
    {
        var (ended, other) = (_round.Subscriber(Shared(1), "ended"), _round.Subscriber(Shared(1), "other"));
        var message = _round.Publish(1, "a", 1);
        var copy = RoundBuilder.Receive(ended, message, 1, identifiers: "9");
        RoundBuilder.Receive(other, message, 1, identifiers: "9");
        ended.End(new Window(60, 70));
        Assert.Empty(_round.Check());
        copy.IsAcknowledged = true;
        Assert.Equal(["more than one member got a shared message"], _round.Check());
    }

    [Fact]
    public void Run_ASharedCopyOfAnotherQoS_IsSeen()
    {
        RoundBuilder.Receive(_round.Subscriber(Shared(1), "one"), _round.Publish(1, "a", 2), 2, identifiers: "9");
        Assert.Equal(["a shared copy that must not be"], _round.Check());
    }

    [Fact]
    public void Run_AWillThatIsNotDue_MustNotCome()
    {
        var session = _round.Subscriber(Own("a", 1));
        var will = _round.Publish(1, "a", 1);
        will.Attempts.Clear();
        RoundBuilder.Receive(session, will, 1);
        Assert.Equal([Surplus], _round.Check());
    }

    private static Grant Own(string filter, int qos, int identifier = 0) => new(filter, null, qos, NoLocal: false, RetainAsPublished: false, RetainHandling: 0, identifier);

    private static Grant Shared(int qos) => new("a", "g", qos, NoLocal: false, RetainAsPublished: false, RetainHandling: 0, Identifier: 9);
}
