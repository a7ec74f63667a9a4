using System.Text.Json.Nodes;

namespace OrleansBroker.Api.Tests.Events;

/// <summary>Reads a feed as a browser would, and says what it has: events with data, and the id that it would go on from.</summary>
internal sealed class EventReader : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly HttpClient _http;
    private readonly StreamReader _lines;

    private EventReader(HttpClient http, StreamReader lines)
    {
        _http = http;
        _lines = lines;
    }

    /// <summary>Of the last event, or of what came without one.</summary>
    public string LastEventId { get; private set; } = "";

    /// <summary>Returns when the feed stands: what happens from then on is told.</summary>
    public static async Task<EventReader> OpenAsync(ApiClient api, string query = "")
    {
        var reader = await TryOpenAsync(api, query);
        Assert.NotNull(reader);
        return reader;
    }

    /// <summary>Null when the node has as many feeds as it may have.</summary>
    public static async Task<EventReader?> TryOpenAsync(ApiClient api, string query = "")
    {
        // Who leaves leaves at once, and does not read to the end first.
        var http = new HttpClient(new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero }) { BaseAddress = api.Address };
        var response = await http.GetAsync(new Uri($"/api/v1/events{query}", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        if ((int)response.StatusCode == 429)
        {
            http.Dispose();
            return null;
        }
        Assert.Equal((200, "text/event-stream"), ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        var reader = new EventReader(http, new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken)));
        Assert.Null(await reader.ReadBlockAsync());
        Assert.NotEqual("", reader.LastEventId);
        return reader;
    }

    /// <summary>The data of the next event.</summary>
    public async Task<JsonNode> NextAsync()
    {
        while (true)
        {
            if (await ReadBlockAsync() is { } data)
                return data;
        }
    }

    public async Task<List<JsonNode>> TakeAsync(int count)
    {
        var taken = new List<JsonNode>();
        while (taken.Count < count)
            taken.Add(await NextAsync());
        return taken;
    }

    /// <summary>The rest, until the broker ends the answer as a whole one.</summary>
    public async Task EndAsync()
    {
        while (await _lines.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken) is not null)
        {
            // A heartbeat, or an event of the end.
        }
    }

    public ValueTask DisposeAsync()
    {
        _lines.Dispose();
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Null for one without data.</summary>
    private async Task<JsonNode?> ReadBlockAsync()
    {
        string? type = null;
        JsonNode? data = null;
        while (true)
        {
            string line = await _lines.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken)
                ?? throw new EndOfStreamException();
            if (line.Length == 0)
                break;
            if (line.StartsWith("id: ", StringComparison.Ordinal))
                LastEventId = line["id: ".Length..];
            else if (line.StartsWith("event: ", StringComparison.Ordinal))
                type = line["event: ".Length..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
                data = JsonNode.Parse(line["data: ".Length..]);
        }
        if (data is not null)
            Assert.Equal(type, (string?)data["type"]);
        return data;
    }
}
