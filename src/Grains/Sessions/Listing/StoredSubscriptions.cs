using System.Buffers.Binary;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Sessions.Listing;

/// <summary>Takes the subscriptions of a session as its journal has them, without those that have ended.</summary>
internal sealed class StoredSubscriptions : IJournalReplay
{
    public List<Subscription> Items { get; } = [];

    /// <summary>Records, of whatever kind.</summary>
    public int Read { get; private set; }

    /// <summary>Version of the last record.</summary>
    public long Last { get; private set; }

    public void Replay(in JournalRecord record)
    {
        Read++;
        if (record.Key.Length != SessionJournal.KeyBytes) return;
        Last = BinaryPrimitives.ReadInt64BigEndian(record.Key[1..]);
        if (SessionReplay.ReadSubscription(record.Value) is { State: not SubscriptionState.Removing } subscription) Items.Add(subscription);
    }
}
