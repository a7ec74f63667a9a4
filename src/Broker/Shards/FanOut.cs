using OrleansBroker.Broker.Messages;

namespace OrleansBroker.Broker.Shards;

/// <summary>A message to more receivers than fit into one slice, over the immutable match of its topic.</summary>
internal sealed class FanOut(Publication publication, TopicMatch match, PartOutcome own, int slice) : ShardJob
{
    private readonly Publication _publication = publication.Keep(); // later slices are on other threads
    private int _next;

    public override int ReceiversToCome => match.Receivers.Length - _next;

    public override bool RunSlice(long nowMilliseconds)
    {
        var end = Math.Min(match.Receivers.Length, _next + slice);
        for (; _next < end; _next++) Shard.DeliverTo(_publication, match.Receivers[_next]);
        if (_next < match.Receivers.Length) return false;
        Shard.OfferTo(_publication, match.Groups);
        _publication.Settle(own);
        return true;
    }
}
