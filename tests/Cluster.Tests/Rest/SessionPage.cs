using System.Net.Http.Json;
using OrleansBroker.TestKit;

namespace OrleansBroker.Cluster.Tests.Rest;

/// <summary>What <c>GET /api/v1/sessions</c> answers, as far as these tests look at it.</summary>
/// <param name="Partial">Null when it is absent.</param>
internal sealed record SessionPage(IReadOnlyList<SessionPage.Session> Items, string? Cursor, IReadOnlyList<string>? Partial)
{
    /// <summary>From node to node, a page of each in turn, to the end.</summary>
    /// <param name="after">Runs after each page, with its number from 0.</param>
    public static async Task<List<SessionPage>> WalkAsync(HttpClient http, Func<IReadOnlyList<BrokerProcess>> nodes, int limit, Func<int, SessionPage, Task>? after = null)
    {
        var pages = new List<SessionPage>();
        do
        {
            var asked = nodes()[pages.Count % nodes().Count];
            string cursor = pages.Count == 0 ? "" : $"&cursor={pages[^1].Cursor}";
            var page = await http.GetFromJsonAsync<SessionPage>($"http://{asked.Ready["http"]}/api/v1/sessions?limit={limit}{cursor}", TestContext.Current.CancellationToken);
            pages.Add(page!);
            if (after is not null) await after(pages.Count - 1, page!);
        }
        while (pages[^1].Cursor is not null);

        return pages;
    }

    internal sealed record Session(string ClientId, bool Connected);
}
