using System.Text;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Broker.Tests.Messages;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Broker.Tests.Sessions;

/// <summary>A session whose client is on another silo, so that it can die under the connection.</summary>
internal sealed class HeldRig
{
    public const long AwaitedUntil = 2_000_000;

    private readonly SessionRig _rig = new();
    private readonly Deliveries _publisher = new();
    private readonly List<Publication> _delivered = [];

    public HeldRig() => Client = new HeldClient(_rig);

    public HeldClient Client { get; }

    public Session Session => _rig.Session;

    public FakeJournal Journal => _rig.Journal;

    /// <summary>Of those that were delivered to this activation.</summary>
    public bool IsEverySettled => _delivered.TrueForAll(IsSettled);

    public void Connect(uint expiry, ushort receiveMaximum = 100, WillMessage? will = null)
    {
        var parameters = _rig.Parameters(expiry, receiveMaximum: receiveMaximum, will: will);
        Session.BeginAttach(Client, parameters, 1001, Journal, _rig.Now);
        Commit();
        Client.Held = new HeldSession(parameters, Session.Incarnation, Session.Epoch, Session.IsDurable);
        Session.CompleteAttach(Client, _rig.Now);
    }

    /// <summary>CONNECT on a connection of the session's own silo.</summary>
    public FakeConnection ConnectAnother() => _rig.Connect();

    public void Detach() => Session.Detach(Client, publishWill: true, null, _rig.Now);

    public void Commit() => _rig.Commit();

    public Subscription Subscribe(string filter = "t", QoS qos = QoS.ExactlyOnce)
    {
        var subscription = _rig.Subscribe(filter, qos);
        if (!Session.IsDurable) Client.Held.Subscribed([subscription], []);
        return subscription;
    }

    public RouteMatch Match(Subscription subscription) => _rig.Match(subscription);

    /// <param name="token">The delivery's number at its shard's silo; 0 for a shard of the session's own.</param>
    public Publication Deliver(string text, QoS qos = QoS.AtLeastOnce, long token = 0, MessageOrigin? origin = null)
    {
        var publication = new Publication(Encoding.UTF8.GetBytes("t" + text), 1, 0, qos, retain: false, "publisher") { Token = token, Origin = origin };
        publication.PublishedBy(_publisher);
        _delivered.Add(publication);
        Assert.True(Session.Deliver(publication, _rig.Match([.. Session.Subscriptions.Items]), _rig.Now));
        return publication;
    }

    public bool IsSettled(Publication publication) => _publisher.Settled.Contains(publication);

    /// <summary>The client's PUBLISH at QoS 2.</summary>
    public void Publish(string text, ushort identifier)
    {
        var publication = Publications.Of(text, QoS.ExactlyOnce, packetIdentifier: identifier);
        Client.Held.Published(publication);
        Session.PublishExactlyOnce(publication);
    }

    public List<Publication> Forwarded() =>
        [.. _rig.Effects().Where(static effect => effect.Kind == SessionEffectKind.Forward).Select(static effect => (Publication)effect.Target!)];

    public void SettleForwarded()
    {
        foreach (var publication in Forwarded()) Session.InboundSettled(publication, ReasonCode.Success, _rig.Now);
    }

    public SessionEffectKind[] EffectKinds() => _rig.EffectKinds();

    /// <summary>The session's silo dies, and another activation reads the journal, if there is one.</summary>
    public void Crash()
    {
        _delivered.Clear();
        _rig.CrashUnderTheConnection(AwaitedUntil);
    }

    /// <summary>The gateway hands the connection over.</summary>
    public void Reattach()
    {
        var held = Client.Held.Snapshot();
        Assert.True(Session.MayReattach(held, isSame: false));
        Session.BeginReattach(Client, held);
        Commit();
        Client.Held.Reattached(Session.Epoch);
        Session.CompleteReattach(Client, held, _rig.Now);
    }

    /// <summary>Another silo's shards.</summary>
    private sealed class Deliveries : IPublisher
    {
        public HashSet<Publication> Settled { get; } = [];

        public object? Source => this;

        void IPublisher.Deferred(Publication publication)
        {
            // Not counted here.
        }

        void IPublisher.Settled(Publication publication, ReasonCode reason) => Assert.True(Settled.Add(publication));
    }
}
