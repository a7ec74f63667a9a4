namespace OrleansBroker.Grains.Sessions.Listing;

/// <summary>What several nodes, and the store, say of one session.</summary>
internal static class SessionMerge
{
    /// <summary>
    /// The newest word counts, of the session itself and of its connection; that of the store where no node has the session. Ruled out by either of the two that count is ruled out.
    /// </summary>
    /// <param name="items">One at least, all of one client id.</param>
    public static SessionItem Combine(ReadOnlySpan<SessionItem> items)
    {
        if (items.Length == 1) return items[0];
        var session = Newest(items, SessionParts.Session);
        var connection = Newest(items, SessionParts.Connection);
        var stored = Newest(items, SessionParts.Store);
        if (session is null) return connection is null ? stored! : WithStored(connection, stored);
        // The one's gateway has not heard yet that it was left, or the other's end is on its way.
        if (connection is null || ReferenceEquals(session, connection) || session.IsNewerThan(connection)) return session;
        if (!session.IsConnected && !connection.IsNewerThan(session)) return session;
        return With(session, connection);
    }

    private static SessionItem? Newest(ReadOnlySpan<SessionItem> items, SessionParts part)
    {
        SessionItem? newest = null;
        foreach (var item in items)
        {
            if (item.Parts.HasFlag(part) && (newest is null || item.IsNewerThan(newest))) newest = item;
        }

        return newest;
    }

    private static SessionItem With(SessionItem session, SessionItem connection) => session with
    {
        Parts = session.Parts | connection.Parts,
        Epoch = Math.Max(session.Epoch, connection.Epoch),
        IsConnected = true,
        DisconnectedAt = 0,
        KeepAliveSeconds = connection.KeepAliveSeconds,
        Gateway = connection.Gateway,
        RemoteAddress = connection.RemoteAddress,
        ConnectedAt = connection.ConnectedAt,
        LastPacketAt = connection.LastPacketAt,
    };

    /// <summary>The session is on its way from one node to the next: its queue is in the store, or nobody knows it now.</summary>
    private static SessionItem WithStored(SessionItem connection, SessionItem? stored)
    {
        if (stored is null || connection.Parts.HasFlag(SessionParts.RuledOut)) return connection;
        return connection with
        {
            Parts = connection.Parts | stored.Parts,
            Queued = Math.Max(0, stored.Queued - connection.InflightOut),
            QueuedBytes = stored.QueuedBytes,
            Subscriptions = stored.Subscriptions,
            HasMore = stored.HasMore,
        };
    }
}
