using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Broker.Sessions;

/// <summary>Until when retained messages are owed: a gateway on another silo asks the next activation for them, should this one die before.</summary>
public sealed partial class Session
{
    /// <summary>Of the newest of <see cref="_promises"/>.</summary>
    private ulong _lastPromised;

    /// <summary>All retained messages of the subscription have come, and wait here or have been sent: the connection is told when they all have.</summary>
    public void RetainedEnds(uint version)
    {
        if (_retained?.LastOf(version) is { } last) last.EndsFor = _connection;
        else RetainedSent(version);
    }

    /// <summary>Nobody is connected, as an administrator may subscribe at any time: they wait where live messages do, within the same limits, and as safely.</summary>
    private void QueueRetained(RetainedBatch batch, long now)
    {
        for (; batch.Current is { } publication; batch.Advance())
        {
            if (IsOwnAndNotWanted(batch, publication) || publication.IsExpired(now)) continue;
            var message = ToMessage(batch, publication);
            if (message.QoS == QoS.AtMostOnce)
            {
                AcceptAtMostOnce(ref message, now);
                continue;
            }

            message.Sequence = ++_lastSequence;
            Enqueue(ref message);
        }
    }

    /// <summary>[MQTT5-3.8.3-3] makes no difference between a live and a retained message.</summary>
    private bool IsOwnAndNotWanted(RetainedBatch batch, Publication publication) => batch.Match.AnyNoLocal && publication.PublisherClientId == ClientId;

    private static OutboundMessage ToMessage(RetainedBatch batch, Publication publication) => new()
    {
        Publication = publication,
        QoS = batch.QoSOf(publication),
        Retain = true, // [MQTT311-3.3.1-8], MQTT5 section 3.3.1.3
        SubscriptionIdentifiers = batch.Match.Identifiers,
    };

    /// <summary>The first batch is through.</summary>
    private void EndRetained(RetainedBatch batch)
    {
        if (batch.EndsFor is ISessionConnection connection && IsCurrent(connection)) RetainedSent(RetainedQueue.VersionOf(batch));
    }

    /// <summary>Nobody wants those of the subscription any more.</summary>
    private void DropRetained(uint version)
    {
        if (_retained is not { Count: > 0 } batches) return;
        foreach (var batch in batches.TakeOf(version)) EndRetained(batch);
    }

    /// <summary>A QoS 2 message to a durable session has not left before its commit (invariant B7): this is not said before either.</summary>
    private void RetainedSent(uint version)
    {
        if (_connection is null) return;
        if (_promises is { Count: > 0 }) Promise(new SessionPromise(_lastPromised, SessionPromiseKind.TellRetainedSent, 0, version, _connection));
        else _connection.RetainedSent(version);
    }

    private void TellRetainedSent(ISessionConnection connection, uint version)
    {
        if (IsCurrent(connection)) connection.RetainedSent(version);
    }
}
