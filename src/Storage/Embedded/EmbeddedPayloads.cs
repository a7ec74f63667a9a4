using RocksDbSharp;

namespace OrleansBroker.Storage.Embedded;

/// <summary>
/// Forgets shared payloads that no record refers to any more. A payload and all references to it are written at once and none later, so whoever finds no record that
/// still refers to it may delete it at any time.
/// </summary>
internal sealed class EmbeddedPayloads(EmbeddedDatabase database)
{
    private byte[] _next = EmbeddedKeys.FirstPayload;

    /// <summary>Looks at the next payloads, in turn. Returns how many it deleted.</summary>
    /// <param name="payloads">At most that many; at a reference each, two look-ups of some µs.</param>
    public int Sweep(int payloads)
    {
        var found = new List<ulong>(payloads);
        database.Scan(EmbeddedKeys.FirstPayload, _next, (Found: found, Limit: payloads), static (state, key, _) =>
        {
            state.Found.Add(EmbeddedKeys.ReadPayload(key));
            return state.Found.Count < state.Limit;
        });
        if (found.Count < payloads)
        {
            _next = EmbeddedKeys.FirstPayload;
        }
        else
        {
            _next = new byte[EmbeddedKeys.PayloadBytes];
            EmbeddedKeys.WritePayload(_next, found[^1] + 1);
        }

        using var batch = new WriteBatch();
        var deleted = found.Count(payload => TryForget(batch, payload));
        if (batch.Count() > 0) database.WriteBuffered(batch);
        return deleted;
    }

    /// <summary>Puts the deletion of references that hold no more into the batch, up to the first that does; without any that does the payload goes, too.</summary>
    private bool TryForget(WriteBatch batch, ulong payload)
    {
        var prefix = new byte[EmbeddedKeys.PayloadBytes];
        EmbeddedKeys.WriteReferences(prefix, payload);
        var references = new References(database, batch, payload);
        database.Scan(prefix, prefix, references, static (references, key, _) => references.Visit(key));
        if (references.IsLive) return false;
        EmbeddedKeys.WritePayload(prefix, payload);
        batch.Delete(prefix);
        return true;
    }

    private sealed class References(EmbeddedDatabase database, WriteBatch batch, ulong payload)
    {
        private readonly byte[] _record = new byte[EmbeddedKeys.MaxRecordBytes];

        public bool IsLive { get; private set; }

        public bool Visit(ReadOnlySpan<byte> reference)
        {
            var length = EmbeddedKeys.WriteReferred(_record, reference);
            IsLive = database.Get(_record.AsSpan(0, length)) is { } value && EmbeddedRecord.TryRead(value, out var record) && record.Payload == payload;
            if (!IsLive) batch.Delete(reference);
            return !IsLive;
        }
    }
}
