using OrleansBroker.Broker.Messages;
using OrleansBroker.Grains.Nodes.Lanes;

namespace OrleansBroker.Grains.Routing;

/// <summary>
/// The way to one shard from this silo: straight (it is here, or nothing is known yet), a lane to the silo where it is, or, while that is found out, a queue in
/// which everything for the shard waits in order (invariant B4). Its own lock.
/// </summary>
internal sealed class ShardRoute(int shard)
{
    private readonly Queue<Parked> _returned = new();

    /// <summary>Read without lock by who could enter the shard on this silo: not straight.</summary>
    private volatile bool _isAway;

    public int Shard => shard;

    public bool IsAway => _isAway;

    /// <summary>Null unless publications go there now.</summary>
    public Lane? Lane { get; private set; }

    /// <summary>Null unless publications wait.</summary>
    public Queue<Parked>? Waiting { get; private set; }

    /// <summary>A shard of this silo has closed while it was given what waits.</summary>
    public bool HasReturned => _returned.Count > 0;

    /// <summary>Of those that wait, how many nobody waits for.</summary>
    public int DroppableCount { get; private set; }

    /// <summary>Publications wait from now on. False when they did already.</summary>
    public bool Park()
    {
        if (Waiting is not null) return false;
        _isAway = true;
        Lane = null;
        Waiting = new Queue<Parked>();
        return true;
    }

    public void Add(in Parked parked)
    {
        Waiting!.Enqueue(parked);
        if (parked.IsDroppable) DroppableCount++;
    }

    public bool TryTake(out Parked parked)
    {
        if (!Waiting!.TryDequeue(out parked)) return false;
        if (parked.IsDroppable) DroppableCount--;
        return true;
    }

    /// <summary>Once more, by a shard that closes: in the order in which they were taken.</summary>
    public void Return(in Parked parked)
    {
        _returned.Enqueue(parked);
        if (parked.IsDroppable) DroppableCount++;
    }

    /// <summary>All that the shard had to return is here.</summary>
    public void TakeReturned()
    {
        if (_returned.Count == 0) return;
        PutFirst(_returned);
        _returned.Clear();
    }

    /// <summary>Back to the front: older than all that wait.</summary>
    public void PutFirst(IEnumerable<Parked> older) => Waiting = new Queue<Parked>([.. older, .. Waiting!]);

    /// <summary>All that waited is on its way.</summary>
    /// <param name="lane">Null: the shard is here.</param>
    public void Open(Lane? lane)
    {
        Waiting = null;
        Lane = lane;
        _isAway = lane is not null;
    }

    /// <summary>What waits for the way to its shard.</summary>
    /// <param name="Token">Of what was sent before and is not done; 0 for what was not.</param>
    internal readonly record struct Parked(Publication Publication, long Token = 0)
    {
        public bool IsDroppable => !Publication.IsAwaited;
    }
}
