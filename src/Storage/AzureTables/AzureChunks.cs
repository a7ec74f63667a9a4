using Azure.Data.Tables;

namespace OrleansBroker.Storage.AzureTables;

/// <summary>
/// Bytes that are too long for an entity, in entities of their own: they are written before the one that names them and deleted after it. What a crash leaves of them is
/// found by the name of the entity that they were written for (<see cref="AzureSweep"/>).
/// </summary>
internal sealed class AzureChunks(AzureTable table)
{
    /// <summary>Name of the entity that names the chunks.</summary>
    public const string Of = "of";

    /// <summary>Puts the bytes into the entity, or its chunks into the table.</summary>
    public async Task WriteBodyAsync(TableEntity entity, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        if (AzureBody.Fits(bytes.Length))
        {
            AzureBody.Write(entity, bytes.Span);
            return;
        }

        var id = Guid.CreateVersion7();
        AzureBody.WriteReference(entity, id, bytes.Length);
        for (int at = 0, number = 0; at < bytes.Length; at += AzureBody.MaxBytes, number++)
        {
            var chunk = new TableEntity(entity.PartitionKey, AzureKeys.Chunk(id, number)) { [Of] = entity.RowKey };
            AzureBody.Write(chunk, bytes.Span.Slice(at, Math.Min(AzureBody.MaxBytes, bytes.Length - at)));
            await table.PutAsync(chunk, cancellation).ConfigureAwait(false);
        }
    }

    public async Task<ReadOnlyMemory<byte>> ReadBodyAsync(TableEntity entity, CancellationToken cancellation)
    {
        if (AzureBody.ChunksOf(entity) is not { } id) return AzureBody.Read(entity);
        var bytes = new byte[AzureBody.LengthOf(entity)];
        for (int at = 0, number = 0; at < bytes.Length; number++)
        {
            var chunk = await table.GetAsync(entity.PartitionKey, AzureKeys.Chunk(id, number), cancellation).ConfigureAwait(false) ?? throw AzureBody.Damaged(entity);
            var part = AzureBody.Read(chunk);
            if (part.Length == 0 || part.Length > bytes.Length - at) throw AzureBody.Damaged(entity);
            part.CopyTo(bytes, at);
            at += part.Length;
        }

        return bytes;
    }

    /// <summary>Of an entity that is not there any more.</summary>
    public async Task DeleteAsync(string partition, Guid id, CancellationToken cancellation)
    {
        var chunks = AzureKeys.ChunksOf(id);
        await foreach (var chunk in table.RangeAsync(partition, chunks, chunks + AzureKeys.End, cancellation, select: ["PartitionKey", "RowKey"]).ConfigureAwait(false))
            await table.DeleteAsync(chunk, cancellation).ConfigureAwait(false);
    }
}
