namespace OrleansBroker.Grains.Sessions.Listing;

/// <summary>What several nodes, and the store, say of one session in detail; as in <see cref="SessionMerge"/>.</summary>
internal static class SessionDetailsMerge
{
    /// <param name="all">One at least.</param>
    public static SessionDetails Combine(IReadOnlyList<SessionDetails> all)
    {
        var item = SessionMerge.Combine([.. all.Select(static details => details.Item)]);
        var main = Newest(all, SessionParts.Session) ?? Newest(all, SessionParts.Connection) ?? all[0];
        var connection = Newest(all, SessionParts.Connection);
        var isConnected = item.Parts.HasFlag(SessionParts.Connection) && connection is not null;
        var stored = Newest(all, SessionParts.Store);
        return main with
        {
            Item = item,
            MessagesReceived = isConnected ? connection!.MessagesReceived : 0,
            MessagesSent = isConnected ? connection!.MessagesSent : 0,
            OldestQueuedAt = main.OldestQueuedAt != 0 ? main.OldestQueuedAt : stored?.OldestQueuedAt ?? 0,
            Drops = main.Drops.Length > 0 ? main.Drops : stored?.Drops ?? [],
        };
    }

    private static SessionDetails? Newest(IReadOnlyList<SessionDetails> all, SessionParts part)
    {
        SessionDetails? newest = null;
        foreach (var details in all)
        {
            if (details.Item.Parts.HasFlag(part) && (newest is null || details.Item.IsNewerThan(newest.Item))) newest = details;
        }

        return newest;
    }
}
