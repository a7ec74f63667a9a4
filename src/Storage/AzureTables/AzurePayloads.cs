using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Azure.Data.Tables;

namespace OrleansBroker.Storage.AzureTables;

/// <summary>
/// Payloads that several records of a partition share, each with the number of rows and records that name it (invariant H3). The number changes in the transaction that
/// adds or takes away what names it, so a payload without any goes at once.
/// </summary>
internal sealed class AzurePayloads(AzureTable table, AzureChunks chunks, string partition)
{
    private const string References = "references";

    private readonly Dictionary<Guid, ImmutableArray<byte>> _read = [];

    public async Task<TableEntity> ToEntityAsync(Guid id, ReadOnlyMemory<byte> bytes, int references, CancellationToken cancellation)
    {
        var entity = new TableEntity(partition, AzureKeys.Payload(id)) { [References] = references };
        await chunks.WriteBodyAsync(entity, bytes, cancellation).ConfigureAwait(false);
        return entity;
    }

    public async Task<ImmutableArray<byte>> ReadAsync(Guid id, CancellationToken cancellation)
    {
        if (_read.TryGetValue(id, out var read)) return read;
        var entity = await table.GetAsync(partition, AzureKeys.Payload(id), cancellation).ConfigureAwait(false)
            ?? throw new InvalidDataException($"Payload {id:N} of partition {partition} is not in the store.");
        var body = await chunks.ReadBodyAsync(entity, cancellation).ConfigureAwait(false);
        read = ImmutableCollectionsMarshal.AsImmutableArray(body.ToArray());
        _read[id] = read;
        return read;
    }

    /// <summary>Adds the changes of the numbers to the transaction.</summary>
    /// <returns>Chunks to delete when it has been carried out.</returns>
    public async Task<List<Guid>> ChangeAsync(AzureTransaction transaction, IEnumerable<KeyValuePair<Guid, int>> changes, CancellationToken cancellation)
    {
        List<Guid> orphaned = [];
        foreach (var (id, change) in changes)
        {
            if (change == 0) continue;
            var name = AzureKeys.Payload(id);
            if (await table.GetAsync(partition, name, cancellation, [References, AzureBody.Blob]).ConfigureAwait(false) is not { } entity) continue;
            var references = (entity.GetInt32(References) ?? 0) + change;
            if (references > 0)
            {
                transaction.Merge(new TableEntity(partition, name) { [References] = references }, entity.ETag);
                continue;
            }

            transaction.Delete(partition, name, entity.ETag);
            if (AzureBody.ChunksOf(entity) is { } ofPayload) orphaned.Add(ofPayload);
        }

        return orphaned;
    }
}
