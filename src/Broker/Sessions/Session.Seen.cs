using OrleansBroker.Broker.Messages;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Broker.Sessions;

/// <summary>QoS 2 messages that come again, because their publisher's session does not know them done, are taken once (invariant B6).</summary>
public sealed partial class Session
{
    /// <summary>Number of a record that was there when the journal was read.</summary>
    private const ulong Stored = 1;

    private SeenMessages? _seen;

    /// <summary>Restores that a message was taken whose own record is gone.</summary>
    public void RestoreSeen(long incarnation, long sequence) => (_seen ??= new SeenMessages()).Add(incarnation, sequence, Stored, isRecorded: true);

    /// <summary>
    /// Whether the message was taken before: then it is done as soon as that is committed. Of a shared group another member may have it: there the group decides.
    /// </summary>
    private bool IsTaken(ref OutboundMessage message)
    {
        var publication = message.Publication!;
        if (message.QoS != QoS.ExactlyOnce || message.Shared is not null || publication.Origin is not { } origin) return false;
        _seen ??= new SeenMessages();
        if (_seen.TryGet(origin.Incarnation, origin.Sequence, out var seen))
        {
            if (seen.Record <= _committed) publication.Settle(PartOutcome.Done);
            else Promise(new SessionPromise(seen.Record, SessionPromiseKind.SettlePart, 0, 0, new DurablePart(publication)));
            return true;
        }

        if (_seen.IsPast(origin))
        {
            publication.Settle(PartOutcome.Done);
            return true;
        }

        while (_seen.TryForget(origin, out var old))
        {
            if (old.Seen.IsRecorded) _journal?.RemoveSeen(old.Incarnation, old.Sequence, old.Seen.Record);
        }

        message.Origin = origin;
        // A transient session has no record that would say it.
        if (_journal is null) NoteTaken(message);
        return false;
    }

    /// <summary>What a gateway's connection was given before this activation had the session.</summary>
    private void RestoreSeen(MessageOrigin origin) => (_seen ??= new SeenMessages()).Add(origin.Incarnation, origin.Sequence, 0, isRecorded: false);

    /// <summary>As long as the message has a record, that says it.</summary>
    private void NoteTaken(in OutboundMessage message)
    {
        if (message.Origin is { } origin) (_seen ??= new SeenMessages()).Add(origin.Incarnation, origin.Sequence, message.Record, isRecorded: false);
    }

    /// <summary>Before the message's record goes: a record of its own says from now on that it was taken, unless nobody asks any more.</summary>
    private void KeepTaken(in OutboundMessage message)
    {
        if (message.Origin is not { } origin || _journal is null || _seen is null) return;
        if (!_seen.TryGet(origin.Incarnation, origin.Sequence, out var seen) || seen.IsRecorded) return;
        _seen.Add(origin.Incarnation, origin.Sequence, _journal.PutSeen(origin.Incarnation, origin.Sequence), isRecorded: true);
    }
}
