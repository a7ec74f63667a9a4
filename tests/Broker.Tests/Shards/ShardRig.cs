using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Shards;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Broker.Tests.Messages;
using OrleansBroker.Broker.Tests.Sessions;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Broker.Tests.Shards;

/// <summary>A shard with receivers that the test owns; answers to offers run when the test says so, as in a shard's inbox.</summary>
internal sealed class ShardRig
{
    private readonly Dictionary<string, FakeReceiver> _receivers = [];
    private readonly Queue<(SharedOffer Offer, OfferAnswer Answer)> _answers = new();

    public ShardRig(LimitsOptions? limits = null, bool journaled = false)
    {
        Limits = limits ?? new LimitsOptions();
        Totals = new RetainedTotals(Limits);
        Shard = new Shard(Limits, Counters, Totals, (offer, answer) => _answers.Enqueue((offer, answer)));
        if (journaled) Shard.RecordTo(Journal);
    }

    public LimitsOptions Limits { get; }

    public BrokerCounters Counters { get; } = new();

    public RetainedTotals Totals { get; }

    public FakeShardJournal Journal { get; } = new();

    public RecordingPublisher Publisher { get; } = new();

    public Shard Shard { get; }

    public FakeReceiver this[string clientId] =>
        _receivers.TryGetValue(clientId, out var receiver) ? receiver : _receivers[clientId] = new FakeReceiver(clientId);

    public static Route Route(FakeReceiver receiver, string filter, uint version = 1, long incarnation = 1, QoS qos = QoS.AtLeastOnce, bool isDurable = false) =>
        new(TopicFilter.Parse(filter), receiver, incarnation, new RouteGrant(version, qos, false, false, 0), isDurable);

    /// <summary>Registers and runs the scan of retained messages to its end.</summary>
    public void Register(string clientId, string filter, uint version = 1, long incarnation = 1, bool sendRetained = false, bool isDurable = false, QoS qos = QoS.AtLeastOnce)
    {
        var job = Shard.Register(Route(this[clientId], filter, version, incarnation, qos, isDurable), sendRetained, out _);
        Run(job, now: 0);
    }

    public static int Run(ShardJob? job, long now)
    {
        var slices = 0;
        while (job is not null && !job.RunSlice(now)) slices++;
        return slices;
    }

    public Publication Publish(string topic, string text = "m", QoS qos = QoS.AtLeastOnce, bool retain = false, long expiresAt = Publication.NeverExpires)
    {
        var publication = Publications.Of(text, qos, topic, retain, expiresAt: expiresAt).PublishedBy(Publisher);
        var rest = Shard.Publish(publication);
        publication.EndLoan();
        Run(rest, now: 0);
        return publication;
    }

    public ulong Remove(string clientId, string filter, uint version = 1, long incarnation = 1) =>
        Shard.Remove(TopicFilter.Parse(filter), clientId, incarnation, version);

    /// <summary>Clients that a message of the topic reaches, in order of their names; a name twice is two copies.</summary>
    public string[] Reached(string topic)
    {
        foreach (var receiver in _receivers.Values) receiver.Delivered.Clear();
        Publish(topic, qos: QoS.AtMostOnce);
        return [.. _receivers.Values.SelectMany(static receiver => receiver.Delivered.Select(_ => receiver.ClientId)).Order(StringComparer.Ordinal)];
    }

    /// <summary>The shard's turn for the answers that have come.</summary>
    public void RunAnswers()
    {
        while (_answers.TryDequeue(out var answer)) Shard.Answered(answer.Offer, answer.Answer);
    }
}
