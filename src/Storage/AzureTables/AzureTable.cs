using Azure;
using Azure.Data.Tables;

namespace OrleansBroker.Storage.AzureTables;

/// <summary>The table, in the terms of this store.</summary>
internal sealed class AzureTable(TableClient client)
{
    /// <summary>Of one answer of the service.</summary>
    private const int MaxPage = 1000;

    public async Task<TableEntity?> GetAsync(string partition, string row, CancellationToken cancellation, IEnumerable<string>? select = null)
    {
        var found = await client.GetEntityIfExistsAsync<TableEntity>(partition, row, select, cancellation).ConfigureAwait(false);
        return found.HasValue ? found.Value : null;
    }

    /// <summary>Entities of a partition from a name on and before another, in order of their names.</summary>
    public AsyncPageable<TableEntity> RangeAsync(string partition, string from, string before, CancellationToken cancellation, int page = MaxPage, string? filter = null, IEnumerable<string>? select = null) =>
        client.QueryAsync<TableEntity>(
            $"PartitionKey eq '{partition}' and RowKey ge '{from}' and RowKey lt '{before}'{(filter is null ? null : " and " + filter)}",
            Math.Min(page, MaxPage),
            select,
            cancellation);

    /// <summary>The first entities of a range, at most <paramref name="limit"/>.</summary>
    public async Task<List<TableEntity>> FirstAsync(string partition, string from, string before, int limit, CancellationToken cancellation, string? filter = null)
    {
        List<TableEntity> found = [];
        await foreach (var entity in RangeAsync(partition, from, before, cancellation, limit, filter).ConfigureAwait(false))
        {
            found.Add(entity);
            if (found.Count == limit) break;
        }

        return found;
    }

    public async Task PutAsync(TableEntity entity, CancellationToken cancellation) =>
        await client.UpsertEntityAsync(entity, TableUpdateMode.Replace, cancellation).ConfigureAwait(false);

    /// <summary>False when there was one already.</summary>
    public async Task<bool> TryAddAsync(TableEntity entity, CancellationToken cancellation)
    {
        try
        {
            await client.AddEntityAsync(entity, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (RequestFailedException failure) when (IsConflict(failure))
        {
            return false;
        }
    }

    /// <summary>False when it is not the one with that tag any more.</summary>
    public async Task<bool> TryUpdateAsync(TableEntity entity, ETag tag, CancellationToken cancellation)
    {
        try
        {
            await client.UpdateEntityAsync(entity, tag, TableUpdateMode.Replace, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (RequestFailedException failure) when (IsConflict(failure))
        {
            return false;
        }
    }

    public async Task DeleteAsync(TableEntity entity, CancellationToken cancellation)
    {
        try
        {
            await client.DeleteEntityAsync(entity.PartitionKey, entity.RowKey, entity.ETag, cancellation).ConfigureAwait(false);
        }
        catch (RequestFailedException failure) when (IsConflict(failure))
        {
            // Changed or deleted meanwhile: it is not what was to be deleted.
        }
    }

    /// <exception cref="TableTransactionFailedException">An action was refused; nothing was done.</exception>
    public async Task<IReadOnlyList<Response>> SubmitAsync(IReadOnlyList<TableTransactionAction> actions, CancellationToken cancellation) =>
        (await client.SubmitTransactionAsync(actions, cancellation).ConfigureAwait(false)).Value;

    /// <summary>The entity is there, is not there, or is another than the one that was meant: somebody else was faster.</summary>
    public static bool IsConflict(RequestFailedException failure) => failure.Status is 404 or 409 or 412;
}
