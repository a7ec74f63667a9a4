using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Topics;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Broker.Sessions;

/// <summary>Shared messages that go back to their group because this member cannot send them soon (invariant B19).</summary>
public sealed partial class Session
{
    /// <summary>
    /// Messages on their way back, by the publication under which their group offers them again, wherever its shard is by then. Record and
    /// part stay until another member has the message: it is never nowhere, and its publisher is told once.
    /// </summary>
    private Dictionary<Publication, OutboundMessage>? _returning;

    /// <summary>Another member of the group has come: what waits here without identifier goes back.</summary>
    public void ReturnShared(uint version)
    {
        // Of an awaited connection its gateway says first what has been sent.
        if (_connection is not null || IsAwaited || _queue.Count == 0 || Subscriptions.Of(version) is not { } subscription) return;
        Return(_queue.TakeWhere((Session: this, subscription.Filter), static (of, message) => of.Session.MayReturnNow(message) && message.Shared!.Equals(of.Filter)));
    }

    private void ReturnAllShared()
    {
        if (_queue.Count > 0) Return(_queue.TakeWhere(this, static (session, message) => session.MayReturnNow(message)));
    }

    /// <summary>One that was read from the journal stays before those that have not been: should it come back as a newer one, they would overtake it.</summary>
    private bool MayReturnNow(in OutboundMessage message) => MayReturn(message) && (message.Record != Stored || StoredCount == 0);

    /// <summary>A group below $SYS is a node's own and takes nothing back: no publication reaches it but its node's, and a newer value follows.</summary>
    private static bool MayReturn(in OutboundMessage message) => message.Shared is not null && !SysTopic.IsIn(message.Publication!.Topic);

    private void Return(List<OutboundMessage> messages)
    {
        foreach (var message in messages) Return(message);
    }

    private void Return(in OutboundMessage message)
    {
        var again = message.Publication!.Again(message.Shared);
        if (message.Part is not null || message.Record != 0) (_returning ??= [])[again] = message;
        Effect(SessionEffect.Return(again));
    }

    private bool ReturnSettled(Publication again, ReasonCode reason, long now)
    {
        if (_returning is null || !_returning.Remove(again, out var message)) return false;
        if (reason >= ReasonCode.UnspecifiedError && message.Record != 0)
        {
            // Nobody else could keep it, and this session may have promised it to its publisher.
            _queue.Enqueue(message);
            Pump(now);
            return true;
        }

        RemoveRecord(message, 0);
        message.Part?.Settle(reason switch
        {
            Publication.NotStored => PartOutcome.NotStored,
            >= ReasonCode.UnspecifiedError => PartOutcome.Refused,
            ReasonCode.NoMatchingSubscribers => PartOutcome.NoReceiver,
            _ => PartOutcome.Done,
        });
        return true;
    }

    /// <summary>The session ends: its records go now, or a session that follows would find them; the parts stay open.</summary>
    private void EndReturns()
    {
        Return(_queue.TakeWhere(0, static (_, message) => MayReturn(message)));
        if (_returning is null) return;
        foreach (var (again, message) in _returning)
        {
            RemoveRecord(message, 0);
            _returning[again] = message with { Record = 0 };
        }
    }
}
