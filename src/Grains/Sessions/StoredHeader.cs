using OrleansBroker.Grains.Records;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Sessions;

/// <summary>Whether a journal's header names a session: asked of every client id that connects, so it holds nothing else.</summary>
internal sealed class StoredHeader : IJournalReplay
{
    public bool Exists { get; private set; }

    /// <inheritdoc/>
    public long MaxPayloadBytes => 0;

    /// <inheritdoc/>
    public void Replay(in JournalRecord record)
    {
        var fields = new RecordFields(record.Value);
        Exists = fields.Int64() != 0; // the incarnation, first of the header's fields
    }
}
