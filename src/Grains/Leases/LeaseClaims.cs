using System.Collections.Concurrent;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Leases;

/// <summary>Who promises what on this silo: the journals that each renewal compares with the store. A claim is the opening's, so an older one never stands for a newer.</summary>
internal sealed class LeaseClaims
{
    private readonly ConcurrentDictionary<ILeaseHolder, OwnedJournal> _claims = new();

    public void Add(OwnedJournal journal, ILeaseHolder holder) => _claims[holder] = journal;

    public void Remove(ILeaseHolder holder) => _claims.TryRemove(holder, out _);

    public KeyValuePair<ILeaseHolder, OwnedJournal>[] ToArray() => _claims.ToArray();
}
