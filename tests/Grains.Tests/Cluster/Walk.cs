using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>Lists sessions page by page.</summary>
internal static class Walk
{
    public static readonly TimeSpan Budget = TimeSpan.FromSeconds(10);

    /// <summary>To the end, from any node; fails when it does not come to one.</summary>
    /// <param name="between">Between two pages.</param>
    public static async Task<List<SessionItem>> AllAsync(Func<BrokerNode> node, SessionQuery query, int limit, Func<SessionPage, Task>? between = null, TimeSpan? budget = null)
    {
        var walked = new List<SessionItem>();
        string? after = null;
        for (var pages = 0; pages < 10_000; pages++)
        {
            var page = await node().Directory.ListAsync(query, after, limit, budget ?? Budget, CancellationToken.None).WaitAsync(TestClient.Patience);
            Assert.True(page.Items.Count <= limit);
            walked.AddRange(page.Items);
            if (page.Next is null) return walked;
            if (between is not null) await between(page);
            after = page.Next;
        }

        throw new InvalidOperationException("The walk does not end.");
    }

    public static async Task<string> IdsAsync(BrokerNode node, SessionQuery query) =>
        string.Join(' ', (await AllAsync(() => node, query, limit: 2)).Select(static item => item.ClientId));
}
