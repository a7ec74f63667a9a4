using System.Collections.Concurrent;

namespace OrleansBroker.Soak.Tests.Clients;

/// <summary>How often each kind of operation was done.</summary>
internal sealed class OperationCounts
{
    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);

    public long this[string operation] => _counts.GetValueOrDefault(operation);

    public void Add(string operation) => _counts.AddOrUpdate(operation, 1, static (_, count) => count + 1);

    public override string ToString() => string.Join(", ", _counts.OrderBy(count => count.Key, StringComparer.Ordinal).Select(count => $"{count.Key} {count.Value}"));
}
