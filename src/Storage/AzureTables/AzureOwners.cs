using System.Collections.Concurrent;
using Azure.Data.Tables;

namespace OrleansBroker.Storage.AzureTables;

/// <summary>
/// The owners to whom journals may be attached, by name: so that all partitions need not be searched for them. One is noted before anything is attached to it, and forgotten when
/// nothing is attached to it and nobody has noted it for a while.
/// </summary>
internal sealed class AzureOwners(AzureTable table, AzureIndexes indexes, TimeProvider time)
{
    /// <summary>How long a note is relied on here without another look at it.</summary>
    private static readonly TimeSpan NoteLasts = TimeSpan.FromMinutes(1);

    /// <summary>A note, a commit behind it with its repetition (40 s), and some minutes for clocks: whoever attaches finds its note there.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);

    /// <summary>Each look asks all partitions, and most owners of which nothing is left are gone for good.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, long> _noted = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (TimeSpan Pause, long Since)> _empty = new(StringComparer.Ordinal);

    /// <summary>Before a commit that attaches to the owner, and once more after it, as the commit may have taken longer than a note is kept.</summary>
    /// <exception cref="ArgumentException">The owner's name is too long for the store.</exception>
    public async ValueTask NoteAsync(string owner, CancellationToken cancellation)
    {
        if (_noted.TryGetValue(owner, out var noted) && time.GetElapsedTime(noted) < NoteLasts) return;
        if (owner.Length > AzureKeys.MaxOwnerLength) throw new ArgumentException($"An owner has at most {AzureKeys.MaxOwnerLength} characters.", nameof(owner));
        var now = time.GetTimestamp();
        await table.PutAsync(new TableEntity(AzureKeys.OwnersPartition, AzureKeys.Owner(owner)), cancellation).ConfigureAwait(false);
        foreach (var (old, at) in _noted)
        {
            if (time.GetElapsedTime(at, now) >= NoteLasts) _noted.TryRemove(KeyValuePair.Create(old, at));
        }

        _noted[owner] = now;
        _empty.TryRemove(owner, out _);
    }

    public async Task<List<string>> ListAsync(Predicate<string>? skip, string? after, int limit, CancellationToken cancellation)
    {
        var from = after is null ? string.Empty : AzureKeys.Owner(after) + "!";
        List<string> owners = [];
        await foreach (var entity in table.RangeAsync(AzureKeys.OwnersPartition, from, AzureKeys.End, cancellation).ConfigureAwait(false))
        {
            var owner = AzureKeys.OwnerOf(entity.RowKey);
            if (skip?.Invoke(owner) == true || IsPausing(owner)) continue;
            if (await indexes.IsAnyAttachedAsync(owner, cancellation).ConfigureAwait(false)) owners.Add(owner);
            else await EmptyAsync(owner, entity, cancellation).ConfigureAwait(false);
            if (owners.Count == limit) break;
        }

        return owners;
    }

    private bool IsPausing(string owner) => _empty.TryGetValue(owner, out var empty) && time.GetElapsedTime(empty.Since) < empty.Pause;

    /// <summary>The note stays if somebody writes it at this moment.</summary>
    private async Task EmptyAsync(string owner, TableEntity note, CancellationToken cancellation)
    {
        if (note.Timestamp + Kept < time.GetUtcNow())
        {
            await table.DeleteAsync(note, cancellation).ConfigureAwait(false);
            _empty.TryRemove(owner, out _);
            return;
        }

        // One whose note another node took away is never looked at again.
        foreach (var (old, empty) in _empty)
        {
            if (time.GetElapsedTime(empty.Since) > empty.Pause + Kept) _empty.TryRemove(KeyValuePair.Create(old, empty));
        }

        _empty[owner] = (_empty.TryGetValue(owner, out var before) ? 2 * before.Pause : FirstPause, time.GetTimestamp());
    }
}
