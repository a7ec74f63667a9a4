using OrleansBroker.Grains.Time;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Sessions.Listing;

/// <summary>When the first message that is read was queued.</summary>
internal sealed class StoredTimes(BrokerClock clock) : IJournalReplay
{
    private const long MillisecondsPerSecond = 1000;

    /// <summary>UTC milliseconds; 0 when there is none, or it is not known.</summary>
    public long First { get; private set; }

    public long MaxPayloadBytes => 0;

    public void Replay(in JournalRecord record)
    {
        if (First == 0 && JournaledMessage.TryRead(record, clock, out var read)) First = read.QueuedAtUtcSecond * MillisecondsPerSecond;
    }
}
