using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Broker.Sessions;

/// <summary>Messages in: from shards, through the session's own check, towards queue or connection.</summary>
public sealed partial class Session
{
    /// <summary>
    /// A live message of a shard. The caller has opened a part of the publication; this method settles it, now or
    /// when it is committed or acknowledged.
    /// </summary>
    /// <returns>False when the session holds none of the match's subscriptions: the route is stale and must go.</returns>
    public bool Deliver(Publication publication, RouteMatch match, long nowMilliseconds)
    {
        var current = Current(match, publication);
        if (current is null)
        {
            publication.Settle(PartOutcome.NoReceiver);
            return Holds(match);
        }

        var message = new OutboundMessage
        {
            Publication = publication,
            QoS = publication.QoS < current.QoS ? publication.QoS : current.QoS,
            // RETAIN is kept only for Retain As Published [MQTT5-3.3.1-12] [MQTT5-3.3.1-13] [MQTT311-3.3.1-9].
            Retain = current.RetainAsPublished && publication.Retain,
            SubscriptionIdentifiers = current.Identifiers,
        };
        Accept(ref message, nowMilliseconds);
        return true;
    }

    /// <summary>A message of a shared group: taken when connected and not full, or as the last resort (invariant B19).</summary>
    public OfferAnswer Offer(SharedOffer offer, long nowMilliseconds)
    {
        var match = offer.Match;
        if (HeldBy(match) is not { } subscription) return OfferAnswer.Gone;
        var publication = offer.Publication;
        if (!offer.IsLastResort && (_connection is null || IsFull(publication))) return OfferAnswer.Declined;
        var message = new OutboundMessage
        {
            Publication = publication,
            QoS = publication.QoS < match.QoS ? publication.QoS : match.QoS, // [MQTT5-4.8.2-3]
            Retain = match.RetainAsPublished && publication.Retain,
            SubscriptionIdentifiers = match.Identifiers, // [MQTT5-3.3.4-5]
            Shared = subscription.Filter,
        };
        Accept(ref message, nowMilliseconds);
        return OfferAnswer.Accepted;
    }

    /// <summary>Retained messages for a new subscription; sent before what is delivered later, as there is room.</summary>
    public bool DeliverRetained(RetainedBatch batch, long nowMilliseconds)
    {
        if (!Holds(batch.Match)) return false;
        // Who subscribes again is given everything again: the rest of the older answer would only add up.
        var version = RetainedQueue.VersionOf(batch);
        if (Subscriptions.Of(version) is { ReplacedVersion: not 0 } held && held.Version == version) DropRetained(held.ReplacedVersion);
        if (_connection is null && _retained is not { Count: > 0 })
        {
            QueueRetained(batch, nowMilliseconds);
            return true;
        }

        (_retained ??= new RetainedQueue()).Enqueue(batch);
        Pump(nowMilliseconds);
        return true;
    }

    /// <summary>The client's Receive Maximum has room [MQTT5-3.3.4-9] [MQTT5-4.9.0-2].</summary>
    private bool HasQuota => _outstanding < _quota;

    /// <summary>There is quota and a packet identifier is free.</summary>
    private bool HasWindow => HasQuota && _inflight.Count < ushort.MaxValue;

    /// <summary>Nothing may pass: SUBACK or CONNACK is still to come, or redeliveries or retained messages go first.</summary>
    private bool MustQueue => _holds > 0 || _retained is { Count: > 0 } || _resend is { Count: > 0 };

    private bool Holds(RouteMatch match)
    {
        if (match.Incarnation != Incarnation) return false;
        foreach (var grant in match.Grants)
        {
            if (Subscriptions.Holds(grant.Version)) return true;
        }

        return false;
    }

    /// <summary>The subscription, of those that a match of <see cref="Holds"/> has, that is held.</summary>
    private Subscription? HeldBy(RouteMatch match)
    {
        if (match.Incarnation != Incarnation) return null;
        foreach (var grant in match.Grants)
        {
            if (Subscriptions.Of(grant.Version) is { } held) return held;
        }

        return null;
    }

    /// <summary>The match as it holds here and now: without ended subscriptions, and without No Local ones for own messages.</summary>
    private RouteMatch? Current(RouteMatch match, Publication publication)
    {
        if (match.Incarnation != Incarnation) return null;
        var current = match;
        foreach (var grant in match.Grants)
        {
            if (Subscriptions.Holds(grant.Version)) continue;
            current = match.Where(Subscriptions, static (set, grant) => set.Holds(grant.Version));
            break;
        }

        // [MQTT5-3.8.3-3]: No Local keeps a message from the connection with the publisher's client id.
        if (current is { AnyNoLocal: true } && publication.PublisherClientId == ClientId)
        {
            current = current.Where(0, static (_, grant) => !grant.NoLocal);
        }

        return current;
    }

    private void Accept(ref OutboundMessage message, long now)
    {
        var publication = message.Publication!;
        if (message.QoS == QoS.AtMostOnce)
        {
            AcceptAtMostOnce(ref message, now);
            publication.Settle(PartOutcome.Done);
            return;
        }

        if (_handedOver is not null && WasDelivered(ref message)) return;
        if (IsTaken(ref message)) return;
        message.Sequence = ++_lastSequence;
        // A durable receiver's part stays open until commit or acknowledgement, a transient one's until its gateway has the message: if that is here, it is done now.
        if (_journal is not null || _queuesItself) message.Part = new DurablePart(publication);
        var outcome = TrySendAtOnce(ref message, now) ? PartOutcome.Done : Enqueue(ref message);
        if (message.Part is null) publication.Settle(outcome);
        else if (outcome == PartOutcome.Refused) message.Part.Settle(outcome);
    }

    private bool TrySendAtOnce(ref OutboundMessage message, long now) =>
        _queue.Count == 0 && StoredCount == 0 && !MustQueue && _connection is not null && !_outputFull && HasWindow && StartSending(ref message, now);

    private PartOutcome Enqueue(ref OutboundMessage message)
    {
        if (!MakeRoom(message.Publication!, out var outcome))
        {
            message.Part?.Settle(outcome);
            return outcome;
        }

        if (_journal is not null)
        {
            message.Record = _journal.PutMessage(message, 0);
            NoteTaken(message);
            Promise(message.Record, SessionPromiseKind.SettlePart, 0, message);
        }

        if (IsLeftToJournal(message)) LeaveToJournal(message);
        else _queue.Enqueue(message); // [MQTT311-3.1.2-5]
        return PartOutcome.Done;
    }

    private void AcceptAtMostOnce(ref OutboundMessage message, long now)
    {
        if (_connection is not null && !MustQueue && _queue.AtMostOnceCount == 0 && _stored is not { AtMostOnceCount: > 0 })
        {
            if (!TrySendAtMostOnce(message, now)) Drop(DropReason.SlowConsumer);
        }
        else if (_connection is null && !_limits.QueueQoS0)
        {
            Drop(DropReason.NotConnected);
        }
        else if (IsFull(message.Publication!))
        {
            Drop(_connection is null ? DropReason.QueueFullNewest : DropReason.SlowConsumer);
        }
        else
        {
            message.Sequence = ++_lastSequence;
            if (!IsLeftToJournal(message))
            {
                _queue.Enqueue(message);
                return;
            }

            // Nobody waits for it, but its place is behind messages that are not here.
            message.Record = _journal!.PutMessage(message, 0);
            LeaveToJournal(message);
        }
    }

    private bool IsFull(Publication publication) =>
        QueuedCount >= _limits.MaxQueuedMessages || QueuedBytes + publication.SizeBytes > _limits.MaxQueuedBytes;

    /// <summary>Applies the owner's policy when the queue is full (invariant B14); false when the message found no place.</summary>
    private bool MakeRoom(Publication publication, out PartOutcome outcome)
    {
        outcome = PartOutcome.Done;
        if (!IsFull(publication)) return true;
        if (_limits.QueuePolicy == QueuePolicy.DropOldest && publication.SizeBytes <= _limits.MaxQueuedBytes)
        {
            while (QueuedCount > 0 && IsFull(publication)) DropOldest();
            return true;
        }

        var refuse = _limits.QueuePolicy == QueuePolicy.Refuse;
        Drop(refuse ? DropReason.QueueFullRefused : DropReason.QueueFullNewest);
        if (refuse) outcome = PartOutcome.Refused;
        return false;
    }

    /// <summary>A message ends without being sent, at a limit that its owner set: settled, taken out of the journal and counted.</summary>
    private void End(in OutboundMessage message, DropReason reason)
    {
        RemoveRecord(message, 0);
        message.Part?.Settle(PartOutcome.Done);
        Drop(reason);
    }
}
