using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Broker.Tests.Messages;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Broker.Tests.Sessions;

/// <summary>A session with a journal, its client's connections and a publisher; time stands until the test moves it.</summary>
internal sealed class SessionRig
{
    public const uint Durable = 100;
    public const uint Transient = 0;

    private long _connections;
    private long _incarnations = 1000;

    public SessionRig(LimitsOptions? limits = null)
    {
        Limits = limits ?? new LimitsOptions();
        Session = new Session("client", Limits, Counters, Presence);
    }

    public LimitsOptions Limits { get; }

    public BrokerCounters Counters { get; } = new();

    public RecordingPresence Presence { get; } = new();

    public Session Session { get; private set; }

    public FakeJournal Journal { get; init; } = new();

    public RecordingPublisher Publisher { get; } = new();

    public long Now { get; set; } = 1_000_000;

    public FakeReceiver Receiver { get; } = new("client");

    public ConnectParameters Parameters(uint expiry, bool cleanStart = false, ushort receiveMaximum = 100, WillMessage? will = null, ushort keepAlive = 0) => new()
    {
        ClientId = "client",
        Version = ProtocolVersion.Mqtt5,
        CleanStart = cleanStart,
        SessionExpiryIntervalSeconds = expiry,
        KeepAliveSeconds = keepAlive,
        ReceiveMaximum = receiveMaximum,
        Will = will,
    };

    /// <summary>First step of CONNECT.</summary>
    public FakeConnection Begin(ConnectParameters parameters, out AttachResult result)
    {
        var connection = new FakeConnection(++_connections);
        result = Session.BeginAttach(connection, parameters, ++_incarnations, Journal, Now);
        return connection;
    }

    /// <summary>A whole CONNECT, its commit included.</summary>
    public FakeConnection Connect(uint expiry = Durable, bool cleanStart = false, ushort receiveMaximum = 100, WillMessage? will = null)
    {
        var connection = Begin(Parameters(expiry, cleanStart, receiveMaximum, will), out _);
        Commit();
        Session.CompleteAttach(connection, Now);
        return connection;
    }

    public bool Detach(FakeConnection connection, bool publishWill = true, uint? expiry = null, ReasonCode reason = ReasonCode.UnspecifiedError) =>
        Session.Detach(connection, publishWill, expiry, Now, reason);

    public void Commit() => Session.Committed(Journal.Commit(), Now);

    public Subscription Subscribe(string filter = "t", QoS qos = QoS.ExactlyOnce, bool noLocal = false, bool retainAsPublished = false, uint identifier = 0)
    {
        var options = new SubscriptionOptions(qos, noLocal, retainAsPublished, RetainHandling.SendAtSubscribe, identifier);
        var subscription = Session.Subscribe(TopicFilter.Parse(filter), options, out _, out _)!;
        Session.Confirm(subscription);
        return subscription;
    }

    /// <summary>What a shard would send along: the routes of these subscriptions, merged.</summary>
    public RouteMatch Match(params Subscription[] subscriptions) =>
        new(Receiver, Session.Incarnation, [.. subscriptions.Select(GrantOf)]);

    /// <summary>Delivers a message by all subscriptions of the session; the shard's own part is settled.</summary>
    public Publication Deliver(string text, QoS qos = QoS.AtLeastOnce) => Deliver(Publications.Of(text, qos), Match([.. Session.Subscriptions.Items]));

    public Publication Deliver(Publication publication, RouteMatch match)
    {
        Publish(publication);
        Session.Deliver(publication, match, Now);
        publication.Settle(PartOutcome.NoReceiver);
        publication.EndLoan();
        return publication;
    }

    /// <summary>Opens the shard's part and one for a receiver.</summary>
    public Publication Publish(Publication publication)
    {
        publication.PublishedBy(Publisher).AddPart();
        return publication;
    }

    public List<SessionEffect> Effects()
    {
        var effects = new List<SessionEffect>();
        while (Session.TryTakeEffect(out var effect)) effects.Add(effect);
        return effects;
    }

    /// <summary>Reads the pages of the queue that the session asks for, as its grain does.</summary>
    public void LoadStored()
    {
        while (Effects().Find(static effect => effect.Kind == SessionEffectKind.LoadStored).Target is StoredPage page) Session.StoredLoaded(page, Journal.Read(page), Now);
    }

    public SessionEffectKind[] EffectKinds() => [.. Effects().Select(static effect => effect.Kind)];

    /// <summary>The node dies and another activation reads the journal.</summary>
    public void Crash()
    {
        Journal.Crash();
        Session = new Session("client", Limits, Counters, Presence);
        Journal.Restore(Session, Now);
    }

    /// <summary>As <see cref="Crash"/>, where a gateway has the connection still.</summary>
    public void CrashUnderTheConnection(long awaitedUntil)
    {
        Journal.Crash();
        Session = new Session("client", Limits, Counters, Presence);
        Journal.Restore(Session, Now, awaitedUntil);
    }

    private static RouteGrant GrantOf(Subscription subscription) => new(
        subscription.Version,
        subscription.Options.QoS,
        subscription.Options.NoLocal,
        subscription.Options.RetainAsPublished,
        subscription.Options.Identifier);
}
