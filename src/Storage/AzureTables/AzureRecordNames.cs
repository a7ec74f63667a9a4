using System.Runtime.CompilerServices;
using Azure.Data.Tables;

namespace OrleansBroker.Storage.AzureTables;

/// <summary>
/// Which of some names are there. Names that follow each other, as those of a queue do, are read as a range; where too many others stand between
/// them they are asked for one by one.
/// </summary>
/// <param name="columns">What is wanted of each; null: all.</param>
internal sealed class AzureRecordNames(AzureTable table, string partition, string[]? columns)
{
    private const int MaxRun = 64;
    private const int MinRange = 8;

    /// <summary>Names that a range may hold for each that was asked for.</summary>
    private const int MaxStrangers = 4;

    public static readonly string[] WithoutBodies = ["PartitionKey", "RowKey", AzureRecordEntity.Shared, AzureBody.Blob];

    public async IAsyncEnumerable<TableEntity> FindAsync(string[] names, [EnumeratorCancellation] CancellationToken cancellation)
    {
        Array.Sort(names, StringComparer.Ordinal);
        foreach (var run in names.Chunk(MaxRun))
        {
            var asked = 0;
            if (run.Length >= MinRange)
            {
                var (found, reached) = await RangeAsync(run, cancellation).ConfigureAwait(false);
                foreach (var entity in found) yield return entity;
                asked = reached is null ? run.Length : run.Count(name => string.CompareOrdinal(name, reached) <= 0);
            }

            var rest = await Task.WhenAll(run.Skip(asked).Select(name => table.GetAsync(partition, name, cancellation, columns))).ConfigureAwait(false);
            foreach (var entity in rest)
            {
                if (entity is not null) yield return entity;
            }
        }
    }

    /// <summary>What was found of the run, and how far the range was read: null to its end.</summary>
    private async Task<(List<TableEntity> Found, string? Reached)> RangeAsync(string[] run, CancellationToken cancellation)
    {
        var limit = run.Length * (1 + MaxStrangers);
        var wanted = run.ToHashSet(StringComparer.Ordinal);
        List<TableEntity> found = [];
        var read = 0;
        await foreach (var entity in table.RangeAsync(partition, run[0], run[^1] + AzureKeys.End, cancellation, limit, select: columns).ConfigureAwait(false))
        {
            if (wanted.Contains(entity.RowKey)) found.Add(entity);
            if (++read == limit) return (found, entity.RowKey);
        }

        return (found, null);
    }
}
