using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Broker.Sessions;

/// <summary>A long queue: its oldest messages are loaded, the others are in the journal alone and are read page by page as the client takes them (invariant H2).</summary>
public sealed partial class Session
{
    /// <summary>Bytes of loaded messages, beside their number (<see cref="ISessionJournal.MaxLoadedMessages"/>).</summary>
    private const long MaxLoadedBytes = 256 * 1024;

    /// <summary>Without a connection nobody waits for them: a session that is offline keeps so many times less.</summary>
    private const int OfflineShare = 16;

    private StoredQueue? _stored;

    /// <summary>Effects wait to be taken.</summary>
    public bool HasEffects => _effects is { Count: > 0 };

    private int StoredCount => _stored?.Count ?? 0;

    /// <summary>Restores that a message is in the journal, without the message.</summary>
    public void RestoreStored(long sequence, int bytes, QoS qos, MessageOrigin? origin)
    {
        _lastSequence = Math.Max(_lastSequence, sequence);
        (_stored ??= new StoredQueue()).Add(sequence, bytes, qos, Stored);
        NoteTaken(new OutboundMessage { Origin = origin, Record = Stored });
    }

    /// <summary>A page of the queue has been read.</summary>
    /// <param name="messages">Those that were there, in order of their sequence.</param>
    public void StoredLoaded(StoredPage page, IReadOnlyList<OutboundMessage> messages, long nowMilliseconds)
    {
        if (_stored is null || !_stored.TryTake(page)) return;
        _stored.IsLoading = false;
        var loaded = 0;
        foreach (var message in messages)
        {
            if (message.Sequence < page.First) continue; // dropped in the meantime
            loaded++;
            if (_handedOver is not null && WasSentBefore(message)) continue;
            if (message.QoS == QoS.AtMostOnce && message.Sequence <= _stored.AtMostOnceEndsAt) End(message, DropReason.NotConnected);
            else _queue.Enqueue(WithOwnFilter(message));
        }

        if (loaded < page.Count) Drop(DropReason.StoredUnreadable, page.Count - loaded);
        Pump(nowMilliseconds);
    }

    /// <summary>Whether a queued message is left to the journal: behind others that are, or because enough is loaded. A shared one may have to go back to its group and stays.</summary>
    private bool IsLeftToJournal(in OutboundMessage message)
    {
        if (_journal is not { MaxLoadedMessages: < int.MaxValue and var loaded } || message.Shared is not null) return false;
        if (StoredCount > 0) return true;
        var share = _connection is null ? OfflineShare : 1;
        return _queue.Count >= loaded / share || _queue.Bytes + message.Publication!.SizeBytes > MaxLoadedBytes / share;
    }

    private void LeaveToJournal(in OutboundMessage message) =>
        (_stored ??= new StoredQueue()).Add(message.Sequence, message.Publication!.SizeBytes, message.QoS, message.Record);

    /// <summary>Asks for the next page when few messages are left before it; what is not committed yet cannot be read yet.</summary>
    private void LoadStored()
    {
        if (_stored is not { Count: > 0, IsLoading: false } || _connection is null || _queue.Count > _journal!.MaxLoadedMessages / 2) return;
        var page = _stored.Head;
        if (page.Record > Math.Max(_committed, Stored)) return;
        _stored.IsLoading = page.IsBeingRead = true;
        Effect(SessionEffect.LoadStored(page));
    }

    /// <summary>A QoS 0 message that stood in the journal has been sent.</summary>
    private void EndAtMostOnce(in OutboundMessage message)
    {
        if (message is { QoS: QoS.AtMostOnce, Record: not 0 }) RemoveRecord(message, 0);
    }

    private void DropOldest()
    {
        if (_queue.Count > 0)
        {
            End(_queue.Dequeue(), DropReason.QueueFullOldest);
            return;
        }

        _journal!.RemoveMessage(_stored!.DropOldest(), Stored, 0);
        Drop(DropReason.QueueFullOldest);
    }

    private void EndStored()
    {
        if (StoredCount == 0) return;
        Drop(DropReason.SessionEnded, StoredCount);
        while (_stored!.Count > 0) _journal!.RemoveMessage(_stored.DropOldest(), Stored, 0);
        _stored.IsLoading = false;
    }
}
