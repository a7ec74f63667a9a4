using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Shards;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Nodes.Lanes;
using OrleansBroker.Grains.Topics;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Sys;

/// <summary>What sessions, shards, lanes and journals keep, as instruments that read it. A service of the host so that they are there from its start.</summary>
internal sealed class NodeInstruments : IHostedService
{
    /// <summary>A walk of all sessions serves so long.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(5);

    private readonly Meter _meter;
    private readonly SysCollector _collector;

    /// <param name="counters">Only so that they are there.</param>
    public NodeInstruments(BrokerMeter meter, CounterInstruments counters, SysCollector collector, RetainedTotals retained, LocalShards shards, NodeSenders senders, JournalWriter writer, StoreWatch store)
    {
        ArgumentNullException.ThrowIfNull(counters);
        _meter = meter.Meter;
        _collector = collector;
        _meter.CreateObservableGauge("broker.uptime", () => collector.Uptime.TotalSeconds, "s", "Since the start of the node's program.");
        AddSessions();
        _meter.CreateObservableGauge("broker.retained.messages", () => retained.Messages, "{message}", "Retained messages of the shards on this node, without $SYS.");
        _meter.CreateObservableGauge("broker.retained", () => retained.Bytes, "By", "Topics, properties and payloads of these retained messages.");
        _meter.CreateObservableGauge("broker.shards", () => shards.Count, "{shard}", "Topic shards that are open on this node.");
        AddLanes(senders);
        AddJournals(writer, store);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void AddSessions()
    {
        KeyValuePair<string, object?> connected = new("state", "connected"), disconnected = new("state", "disconnected");
        KeyValuePair<string, object?> plain = new("kind", "plain"), shared = new("kind", "shared");
        _meter.CreateObservableGauge(
            "broker.sessions", () => OfLast(last => [new(last.Sessions - last.Disconnected, connected), new(last.Disconnected, disconnected)]), "{session}", "Sessions in this node's memory, by whether their client is connected.");
        _meter.CreateObservableGauge("broker.sessions.durable", () => OfLast(static last => [new(last.Durable)]), "{session}", "Sessions in this node's memory that outlive their connection.");
        _meter.CreateObservableGauge(
            "broker.subscriptions", () => OfLast(last => [new(last.Subscriptions, plain), new(last.SharedSubscriptions, shared)]), "{subscription}", "Subscriptions of the sessions in this node's memory.");
        _meter.CreateObservableGauge("broker.queued.messages", () => OfLast(static last => [new(last.QueuedMessages)]), "{message}", "Messages in the queues of the sessions in this node's memory; one counts for each queue.");
        _meter.CreateObservableGauge("broker.queued", () => OfLast(static last => [new(last.QueuedBytes)]), "By", "Topics, properties and payloads of these queued messages.");
    }

    private void AddLanes(NodeSenders senders)
    {
        var kinds = Enum.GetValues<LaneKind>().Select(static kind => (Kind: kind, Label: new KeyValuePair<string, object?>("lane", SnakeCase.Of(kind)))).ToArray();
        IEnumerable<Measurement<long>> Each(Func<LaneLoad, long> value) => kinds.Select(lane => new Measurement<long>(value(senders.LoadOf(lane.Kind)), lane.Label));
        _meter.CreateObservableGauge("broker.lane.waiting.items", () => Each(static load => load.WaitingItems), "{item}", "Items that wait for a call to another node.");
        _meter.CreateObservableGauge("broker.lane.waiting", () => Each(static load => load.WaitingBytes), "By", "Bytes that wait for a call to another node.");
        _meter.CreateObservableCounter("broker.lane.batches", () => Each(static load => load.Batches), "{batch}", "Batches that other nodes have accepted: one call each.");
        _meter.CreateObservableCounter("broker.lane.items", () => Each(static load => load.Items), "{item}", "Items of batches that other nodes have accepted; divided by the batches, a batch's size.");
        _meter.CreateObservableCounter("broker.lane.traffic", () => Each(static load => load.Bytes), "By", "Bytes of batches that other nodes have accepted.");
    }

    private void AddJournals(JournalWriter writer, StoreWatch store)
    {
        KeyValuePair<string, object?> commit = new("operation", "commit"), open = new("operation", "open"), probe = new("operation", "probe");
        _meter.CreateObservableCounter("broker.journal.rows", () => writer.RowCount, "{row}", "Rows that are committed to the store: one for each session or shard of a commit.");
        _meter.CreateObservableGauge("broker.journal.pending", () => writer.PendingBytes, "By", "Bytes of records that are not committed yet, without payloads.");
        _meter.CreateObservableCounter(
            "broker.store.errors",
            () => (Measurement<long>[])[new(writer.FailedCommitCount, commit), new(writer.FailedOpeningCount, open), new(store.FailedProbes, probe)],
            "{error}", "Calls of the store that failed: commits, openings of journals, and signs of life that did not come in time.");
        _meter.CreateObservableGauge("broker.store.unreached", () => store.UnreachedFor.TotalSeconds, "s", "For how long the store has not been reached; 0 while it is.");
    }

    /// <summary>As of the last walk; an old one sets the next going.</summary>
    private Measurement<long>[] OfLast(Func<NodeSnapshot, Measurement<long>[]> read)
    {
        _ = _collector.RecentAsync(MaxAge);
        return _collector.Last is { } last ? read(last) : [];
    }
}
