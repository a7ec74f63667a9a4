using System.Collections.Concurrent;
using Azure.Data.Tables;

namespace OrleansBroker.Storage.AzureTables;

/// <summary>
/// The owners to whom journals may be attached, by name: so that all partitions need not be searched for them. One is noted before anything is attached to it, noted
/// again while this process lives, and forgotten when nothing is attached to it and nobody has noted it for a day.
/// </summary>
internal sealed class AzureOwners(AzureTable table, AzureIndexes indexes, TimeProvider time)
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<string, bool> _noted = new(StringComparer.Ordinal);

    /// <exception cref="ArgumentException">The owner's name is too long for the store.</exception>
    public async ValueTask NoteAsync(string owner, CancellationToken cancellation)
    {
        if (_noted.ContainsKey(owner)) return;
        if (owner.Length > AzureKeys.MaxOwnerLength) throw new ArgumentException($"An owner has at most {AzureKeys.MaxOwnerLength} characters.", nameof(owner));
        await WriteAsync(owner, cancellation).ConfigureAwait(false);
        _noted[owner] = true;
    }

    public async Task NoteAgainAsync(CancellationToken cancellation)
    {
        foreach (var owner in _noted.Keys) await WriteAsync(owner, cancellation).ConfigureAwait(false);
    }

    public async Task<List<string>> ListAsync(string? after, int limit, CancellationToken cancellation)
    {
        var from = after is null ? string.Empty : AzureKeys.Owner(after) + "!";
        List<string> owners = [];
        await foreach (var entity in table.RangeAsync(AzureKeys.OwnersPartition, from, AzureKeys.End, cancellation).ConfigureAwait(false))
        {
            var owner = AzureKeys.OwnerOf(entity.RowKey);
            if (await indexes.IsAnyAttachedAsync(owner, cancellation).ConfigureAwait(false)) owners.Add(owner);
            else if (entity.Timestamp + Kept < time.GetUtcNow()) await table.DeleteAsync(entity, cancellation).ConfigureAwait(false);
            if (owners.Count == limit) break;
        }

        return owners;
    }

    private Task WriteAsync(string owner, CancellationToken cancellation) => table.PutAsync(new TableEntity(AzureKeys.OwnersPartition, AzureKeys.Owner(owner)), cancellation);
}
