using System.Buffers;
using Azure.Data.Tables;

namespace OrleansBroker.Storage.AzureTables;

/// <summary>A record that was folded: an entity of its own, named by its key.</summary>
internal static class AzureRecordEntity
{
    /// <summary>The payload that it names.</summary>
    public const string Shared = "shared";

    private const string Number = "number";
    private const string Place = "place";

    public static async Task<TableEntity> CreateAsync(
        string partition, string journal, int generation, AzureRecord record, AzureChunks chunks, CancellationToken cancellation)
    {
        var entity = new TableEntity(partition, AzureKeys.Record(journal, generation, record.KeyBytes))
        {
            [Number] = (long)record.Number,
            [Place] = record.Place,
        };
        if (record.Shared is { } shared) entity[Shared] = shared;
        await chunks.WriteBodyAsync(entity, BodyOf(record), cancellation).ConfigureAwait(false);
        return entity;
    }

    public static async Task<AzureRecord> ReadAsync(TableEntity entity, AzureChunks chunks, CancellationToken cancellation)
    {
        var body = await chunks.ReadBodyAsync(entity, cancellation).ConfigureAwait(false);
        var records = AzureRow.Read(body, entity, (ulong)entity.GetInt64(Number)!.Value, entity.GetInt32(Place)!.Value);
        return records is [var record] ? record : throw AzureBody.Damaged(entity);
    }

    private static ReadOnlyMemory<byte> BodyOf(AzureRecord record)
    {
        var body = new ArrayBufferWriter<byte>(record.Bytes + AzureRow.SharedBytes);
        AzureRow.Write(body, record.Stored.Span);
        if (record.Shared is { } shared) AzureRow.WriteShared(body, shared);
        else if (record.HasPayload) AzureRow.WriteOwn(body, record.Own.Span);
        return body.WrittenMemory;
    }
}
