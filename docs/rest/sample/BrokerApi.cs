using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace OrleansBroker.Samples;

/// <summary>The broker's REST API from C#, with nothing but the framework: a starting point to copy.</summary>
/// <param name="address">Such as <c>http://127.0.0.1:8080</c>.</param>
/// <param name="key">Of <c>orleans-broker api-key add</c>; null for a node without keys, on its own machine.</param>
public sealed class BrokerApi(Uri address, string? key = null) : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly HttpClient _http = new()
    {
        BaseAddress = new(address, "/api/v1/"),
        DefaultRequestHeaders = { Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key) },
    };

    /// <summary>All sessions, page by page, while nodes come and go.</summary>
    /// <param name="filter">Such as <c>connected=false&amp;queuedMin=1000</c>.</param>
    public async IAsyncEnumerable<string> ListSessionsAsync(string filter = "")
    {
        string? cursor = null;
        do
        {
            string next = cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}";
            var page = await ReadAsync<SessionPage>(await _http.GetAsync(new Uri($"sessions?limit=1000&{filter}{next}", UriKind.Relative)));
            foreach (var session in page.Items)
                yield return session.ClientId;
            cursor = page.Cursor;
        }
        while (cursor is not null);
    }

    /// <summary>Closes a client's connection; its session stays.</summary>
    public async Task DisconnectAsync(string clientId) =>
        await EnsureAsync(await _http.DeleteAsync(new Uri($"sessions/{InPath(clientId)}/connection", UriKind.Relative)));

    /// <summary>Publishes a text with QoS 1.</summary>
    public async Task PublishAsync(string topic, string text) =>
        await EnsureAsync(await _http.PostAsJsonAsync(new Uri("publish", UriKind.Relative), new { topic, text, qos = 1 }, Json));

    public void Dispose() => _http.Dispose();

    // "." and "..", which HTTP removes, and what begins with "~" have a form of their own.
    private static string InPath(string text) => text is "." or ".." || text.StartsWith('~')
        ? "~" + System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(text))
        : Uri.EscapeDataString(text);

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response)
    {
        await EnsureAsync(response);
        return (await response.Content.ReadFromJsonAsync<T>(Json))!;
    }

    // Every failure has a code to act on, and some say when to try again.
    private static async Task EnsureAsync(HttpResponseMessage response)
    {
        if (response.IsSuccessStatusCode)
            return;
        var problem = await response.Content.ReadFromJsonAsync<Problem>(Json);
        throw new HttpRequestException($"{problem?.Code}: {problem?.Detail}", inner: null, response.StatusCode);
    }

    private sealed record SessionPage(IReadOnlyList<SessionItem> Items, string? Cursor);

    private sealed record SessionItem(string ClientId);

    private sealed record Problem(string Code, string? Detail, int? RetryAfter);
}
