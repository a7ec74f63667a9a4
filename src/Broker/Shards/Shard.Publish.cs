using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Retained;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Broker.Topics;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Broker.Shards;

/// <summary>A publication meets the routes.</summary>
public sealed partial class Shard
{
    /// <summary>
    /// Retains the message if it asks for it, then hands it to every matching session and group. Settles the shard's own part. All within the
    /// shard's turn, so each receiver has the order of the topic [MQTT5-4.6.0-5] [MQTT5-4.6.0-6] [MQTT311-4.6.0-5] [MQTT311-4.6.0-6].
    /// </summary>
    /// <returns>The rest of the work when there are more receivers than one slice serves; otherwise null.</returns>
    public ShardJob? Publish(Publication publication)
    {
        if (publication.ReturnedTo is { } shared)
        {
            OfferAgain(publication, shared);
            return null;
        }

        var own = publication.Retain ? Retain(publication) : PartOutcome.NoReceiver; // [MQTT5-3.3.1-8] [MQTT311-3.3.1-12]
        var match = Match(publication.Topic); // [MQTT5-3.3.2-3] [MQTT311-3.3.2-3]
        if (match.Receivers.Length > _slice) return new FanOut(publication, match, own, _slice);
        foreach (var receiver in match.Receivers) DeliverTo(publication, receiver); // [MQTT5-4.5.0-1] [MQTT311-4.5.0-1]
        OfferTo(publication, match.Groups);
        publication.Settle(own);
        return null;
    }

    /// <summary>A member's answer, in the shard's turn: the message goes on to the next member.</summary>
    public void Answered(SharedOffer offer, OfferAnswer answer)
    {
        var group = (SharedGroup)offer.Group;
        if (answer == OfferAnswer.Gone && group.Of(offer.Match.Receiver.ClientId) is { } stale)
        {
            Remove(stale.Filter, stale.Receiver.ClientId, offer.Match.Incarnation, offer.Match.Grants[0].Version);
        }

        if (answer == OfferAnswer.Declined) offer.Refuse();
        group.Next(offer);
    }

    internal static void DeliverTo(Publication publication, RouteMatch match)
    {
        publication.AddPart();
        match.Receiver.Deliver(publication, match);
    }

    internal static void OfferTo(Publication publication, SharedGroup[] groups)
    {
        foreach (var group in groups)
        {
            publication.AddPart();
            group.Offer(publication);
        }
    }

    /// <summary>
    /// A member has given the message back: its group begins anew with it, nobody else gets it, and it was retained before. The shard's own part is the group's.
    /// </summary>
    private void OfferAgain(Publication publication, TopicFilter shared)
    {
        if (shared.ShareName is { } shareName && _routes.TryGet(shared.MatchUtf8.Span, out var routes) && routes.Group(shareName) is { } group)
        {
            group.Offer(publication);
            return;
        }

        _counters.Drop(DropReason.NoSharedMember);
        publication.Settle(PartOutcome.NoReceiver);
    }

    /// <summary>The shard's own part: refused when the retained store is full.</summary>
    private PartOutcome Retain(Publication publication)
    {
        var (count, bytes) = (_retained.Count, _retained.SizeBytes);
        var outcome = publication.PayloadLength == 0 ? ClearRetained(publication) : SetRetained(publication);
        _totals.Add(_retained.Count - count, _retained.SizeBytes - bytes);
        return outcome;
    }

    /// <summary>An empty payload removes the retained message [MQTT5-3.3.1-6] [MQTT311-3.3.1-10], and is itself not retained [MQTT5-3.3.1-7] [MQTT311-3.3.1-11].</summary>
    private PartOutcome ClearRetained(Publication publication)
    {
        if (_retained.Clear(publication.Topic) == RetainedOutcome.Cleared && _journal is not null)
        {
            Await(publication, _journal.RemoveRetained(publication.Topic));
        }

        return PartOutcome.NoReceiver;
    }

    /// <summary>Replaces what the topic had [MQTT5-3.3.1-5] [MQTT311-3.3.1-5] [MQTT311-3.3.1-7].</summary>
    private PartOutcome SetRetained(Publication publication)
    {
        var older = _retained.Of(publication.Topic);
        if (!_totals.Admit(publication.SizeBytes - (older?.SizeBytes ?? 0), isNew: older is null) ||
            _retained.Set(publication.Topic, new RetainedMessage(publication), older) is RetainedOutcome.RefusedCount or RetainedOutcome.RefusedBytes)
        {
            _counters.Drop(DropReason.RetainedFull);
            return PartOutcome.Refused;
        }

        if (_journal is not null) Await(publication, _journal.PutRetained(publication));
        return PartOutcome.NoReceiver;
    }

    /// <summary>A retained QoS 1 or 2 publish is done when the shard's own commit is.</summary>
    private void Await(Publication publication, ulong number)
    {
        if (!publication.IsAwaited) return;
        publication.AddPart();
        (_promises ??= new Queue<(ulong, Publication)>()).Enqueue((number, publication));
    }

    private TopicMatch Match(ReadOnlySpan<byte> topic)
    {
        if (_routes.Count == 0) return TopicMatch.None;
        if (_matches.TryGet(topic, out var known)) return known;
        var generation = _matches.Generation;
        var collector = new MatchCollector();
        var visitor = new MatchVisitor(collector);
        _routes.Match(topic, ref visitor);
        var match = collector.ToMatch();
        _matches.Add(topic, generation, match, match.Receivers.Length);
        return match;
    }

    private readonly struct MatchVisitor(MatchCollector collector) : ITopicVisitor<FilterRoutes>
    {
        public void Visit(FilterRoutes value) => collector.Add(value);
    }
}
