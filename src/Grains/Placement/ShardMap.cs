using System.Text;
using OrleansBroker.Broker.Topics;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Topics;

namespace OrleansBroker.Grains.Placement;

/// <summary>
/// Which core a shard belongs on: that of the highest score, a hash of shard and silo. All nodes that see the same cores agree, without a word; when one comes it takes its share
/// from all others, and when one goes its shards spread over all others. Where a shard is, while cores come and go, only the directory says.
/// </summary>
internal sealed class ShardMap
{
    private readonly Lock _gate = new();
    private readonly ClusterView _view;
    private volatile SiloAddress?[] _owners;

    public ShardMap(ClusterView view, ShardSpace space)
    {
        _view = view;
        _owners = new SiloAddress?[space.Shards];
        view.Changed += Update;
        Update();
    }

    /// <summary>Some shard belongs on another core. Raised after the map is the new one, as <see cref="ClusterView.Changed"/> is.</summary>
    public event Action? Changed;

    /// <summary>Null while there is no core. No lock: for every message.</summary>
    /// <param name="shard">0 to the number of shards - 1.</param>
    public SiloAddress? OwnerOf(int shard) => _owners[shard];

    /// <summary>The one of <paramref name="cores"/> on which a shard belongs; null of none.</summary>
    public static SiloAddress? Choose(int shard, IEnumerable<SiloAddress> cores)
    {
        SiloAddress? best = null;
        ulong highest = 0;
        foreach (var core in cores)
        {
            // Not of the silo's generation: restarted at its address it has its shards again.
            var affinity = ShardAffinity.Of(shard, Encoding.ASCII.GetBytes(core.Endpoint.ToString()));
            // Of two lives of one silo, of which one is over, the later.
            if (best is not null && (affinity < highest || (affinity == highest && core.Generation < best.Generation))) continue;
            (best, highest) = (core, affinity);
        }

        return best;
    }

    private void Update()
    {
        lock (_gate)
        {
            var cores = _view.Cores;
            var owners = new SiloAddress?[_owners.Length];
            for (var shard = 0; shard < owners.Length; shard++) owners[shard] = Choose(shard, cores);
            if (owners.AsEnumerable().SequenceEqual(_owners)) return;
            _owners = owners;
        }

        Changed?.Invoke();
    }
}
