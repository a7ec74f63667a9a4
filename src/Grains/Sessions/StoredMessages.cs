using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Time;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Sessions;

/// <summary>Takes the messages of a page of a queue while they are read, by their keys and so in their order.</summary>
internal sealed class StoredMessages(BrokerClock clock) : IJournalReplay
{
    public List<OutboundMessage> Messages { get; } = [];

    public static ReadOnlyMemory<byte>[] KeysOf(StoredPage page)
    {
        var keys = new ReadOnlyMemory<byte>[page.Count];
        for (var i = 0; i < keys.Length; i++) keys[i] = SessionJournal.MessageKey(page.First + i);
        return keys;
    }

    public void Replay(in JournalRecord record)
    {
        if (JournaledMessage.TryRead(record, clock, out var read) && read.Message.Publication is not null) Messages.Add(read.Message);
    }
}
