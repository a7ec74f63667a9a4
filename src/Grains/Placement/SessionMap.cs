using OrleansBroker.Broker.Topics;
using OrleansBroker.Grains.Nodes;

namespace OrleansBroker.Grains.Placement;

/// <summary>
/// Which core a session belongs on when its connection is not on a core: that of the highest affinity to its client id. All nodes that see the same cores agree; where a
/// session is, while cores come and go, only the directory says.
/// </summary>
internal sealed class SessionMap
{
    private readonly ClusterView _view;
    private volatile (SiloAddress Silo, ulong Hash)[] _cores = [];

    public SessionMap(ClusterView view)
    {
        _view = view;
        view.Changed += Update;
        Update();
    }

    /// <summary>A session goes where its connection is: this node has connections, and sessions too (design H9).</summary>
    public bool PrefersSelf => _view.Cores.Contains(_view.Self) && _view.Gateways.Contains(_view.Self);

    public bool IsCore(SiloAddress silo) => _view.Cores.Contains(silo);

    /// <summary>Null while there is no core but the one that is left out.</summary>
    public SiloAddress? OwnerOf(string clientId, SiloAddress? without = null)
    {
        var client = NodeAffinity.HashOf(clientId);
        SiloAddress? best = null;
        ulong highest = 0;
        foreach (var (silo, hash) in _cores)
        {
            if (silo.Equals(without)) continue;
            var affinity = NodeAffinity.Of(client, hash);
            if (best is not null && affinity < highest) continue;
            (best, highest) = (silo, affinity);
        }

        return best;
    }

    // Not of the silo's generation: restarted at its address it has its sessions again.
    private void Update() => _cores = [.. _view.Cores.Select(static silo => (silo, NodeAffinity.HashOf(silo.Endpoint.ToString())))];
}
