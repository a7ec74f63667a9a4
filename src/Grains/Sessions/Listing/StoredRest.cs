using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Records;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Sessions.Listing;

/// <summary>What a session's journal has beside header, messages and subscriptions, for who asks for details.</summary>
internal sealed class StoredRest : IJournalReplay
{
    public WillMessage? Will { get; private set; }

    public StoredDrops? Drops { get; private set; }

    public void Replay(in JournalRecord record)
    {
        if (record.Key is [SessionJournal.DropsKind]) Drops = StoredDrops.Read(record.Value);
        if (record.Key is not [SessionJournal.WillKind]) return;
        var fields = new RecordFields(record.Value);
        Will = SessionReplay.ReadWill(ref fields, record.Payload);
    }
}
