using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Grains.Tests.Jobs;

/// <summary>Sessions in pages of two, by the order of their client ids.</summary>
internal sealed class FakeDirectory(params string[] clientIds) : ISessionDirectory
{
    private const int PageSize = 2;

    /// <summary>So many times the store does not answer.</summary>
    public int Failures { get; set; }

    /// <summary>Nodes that cannot be asked.</summary>
    public string[] Partial { get; set; } = [];

    public async Task<SessionPage> ListAsync(SessionQuery query, string? after, int limit, TimeSpan budget, CancellationToken cancellation)
    {
        await Task.Yield();
        if (Failures-- > 0) throw new StoreUnreachableException();
        var rest = clientIds.Where(id => after is null || string.CompareOrdinal(id, after) > 0).ToArray();
        var items = rest.Take(PageSize).Select(static id => new SessionItem { ClientId = id, Incarnation = 1, Epoch = 2 });
        return new SessionPage([.. items], rest.Length > PageSize ? rest[PageSize - 1] : null, Partial, 0);
    }

    public Task<SessionAnswer<SessionDetails>> DescribeAsync(string clientId, bool withWillPayload, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<SessionAnswer<SessionSubscriptions>> SubscriptionsAsync(string clientId, uint after, int limit, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<SessionAnswer<SessionQueue>> QueueAsync(string clientId, long after, int limit, bool withPayloads, CancellationToken cancellation) => throw new NotSupportedException();
}
