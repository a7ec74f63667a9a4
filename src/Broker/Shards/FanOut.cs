using OrleansBroker.Broker.Messages;

namespace OrleansBroker.Broker.Shards;

/// <summary>A message to more receivers than fit into one slice, over the immutable match of its topic.</summary>
internal sealed class FanOut : ShardJob
{
    private readonly Publication _publication;
    private readonly TopicMatch _match;
    private readonly PartOutcome _own;
    private readonly int _slice;
    private int _next;

    public FanOut(Publication publication, TopicMatch match, PartOutcome own, int slice)
    {
        publication.Keep(); // later slices are on other threads
        (_publication, _match, _own, _slice) = (publication, match, own, slice);
    }

    public override bool RunSlice(long nowMilliseconds)
    {
        var end = Math.Min(_match.Receivers.Length, _next + _slice);
        for (; _next < end; _next++) Shard.DeliverTo(_publication, _match.Receivers[_next]);
        if (_next < _match.Receivers.Length) return false;
        Shard.OfferTo(_publication, _match.Groups);
        _publication.Settle(_own);
        return true;
    }
}
