namespace OrleansBroker.Api.Frame;

/// <summary>The query parameters of every listing.</summary>
public static class Paging
{
    public const int MaxLimit = 1_000;

    public const int DefaultLimit = 100;

    // A cursor may hold a client id or a topic, and has to fit into a request's first line.
    private const int MaxCursorBytes = 96 * 1024;

    public static readonly QueryParameter<int> Limit = Query.Count("limit", 1, MaxLimit, DefaultLimit, "Most items of the page. A page may have fewer although more follow: only a cursor of null is the end.");

    public static readonly QueryParameter<string?> Cursor = Query.Text("cursor", MaxCursorBytes, "The cursor of the page before. The other parameters must be those of that page.");
}
