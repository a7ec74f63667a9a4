using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Outcomes;

namespace OrleansBroker.Grains.Nodes;

/// <summary>The ways from this silo to the others, one <see cref="NodeSender"/> each.</summary>
internal sealed class NodeSenders(
    NodeClient client, ILocalSiloDetails self, ISiloStatusOracle oracle, PendingTokens tokens, BrokerCounters counters, TimeProvider time, ILogger<NodeSender> logger)
{
    private readonly ConcurrentDictionary<SiloAddress, NodeSender> _senders = new();

    public NodeClient Client { get; } = client;

    public SiloAddress Self { get; } = self.SiloAddress;

    /// <summary>What stores know this silo by: unique for each process.</summary>
    public string SelfText { get; } = self.SiloAddress.ToParsableString();

    public TimeProvider Time { get; } = time;

    public bool IsDead(SiloAddress silo) => oracle.IsDeadSilo(silo);

    /// <summary>Sends what must arrive as long as the silo lives.</summary>
    public void Send(SiloAddress silo, NodeItem item) => For(silo).TryEnqueue(item, droppable: false);

    /// <summary>Sends a QoS 0 item; beyond the bound it is dropped and counted.</summary>
    public void SendDroppable(SiloAddress silo, NodeItem item)
    {
        if (!For(silo).TryEnqueue(item, droppable: true)) counters.Drop(DropReason.LaneFull);
    }

    /// <summary>The silo is dead: deliveries that waited for its answer are given up, those that nobody waits for are counted as dropped.</summary>
    public void GiveUp(SiloAddress silo, IReadOnlyList<NodeItem> batch)
    {
        Client.Forget(silo);
        foreach (var item in batch)
        {
            // A token that somebody else waits for dies with that silo's own batch.
            if (item.Kind is not (NodeItemKind.Deliver or NodeItemKind.Offer)) continue;
            if (item.Token == 0) counters.Drop(DropReason.LaneFull);
            else tokens.GiveUp(item.Token);
        }
    }

    private NodeSender For(SiloAddress silo) => _senders.GetOrAdd(silo, static (silo, senders) => new NodeSender(silo, senders, senders._logger), this);

    private readonly ILogger _logger = logger;
}
