namespace OrleansBroker.Soak.Tests.Model;

/// <summary>One session from its first CONNECT to its end, as its client saw it.</summary>
internal sealed class SessionRecord(string clientId, string description)
{
    public string ClientId { get; } = clientId;

    /// <summary>Version and kind, for people.</summary>
    public string Description { get; } = description;

    /// <summary>By the whole filter, <c>$share</c> included.</summary>
    public Dictionary<string, FilterTimeline> Filters { get; } = new(StringComparer.Ordinal);

    public List<SubscribeRead> Reads { get; } = [];

    public List<ConnectionRecord> Connections { get; } = [];

    /// <summary>When the broker ended it; null for one that was there at the end of the round.</summary>
    public Window? Ended { get; private set; }

    public FilterTimeline Timeline(string text)
    {
        if (!Filters.TryGetValue(text, out var timeline))
            Filters[text] = timeline = new FilterTimeline(text);
        return timeline;
    }

    public void End(Window when)
    {
        Ended = when;
        foreach (var timeline in Filters.Values)
            timeline.Add(when, grant: null);
    }

    /// <summary>It could receive a message that must not wait for a connection.</summary>
    public bool IsConnectedThroughout(Window window) => Connections.Exists(connection => connection.Takes(window));

    public override string ToString() => $"session of {ClientId} ({Description}){(Ended is { } ended ? $", ended {ended}" : "")}";
}
