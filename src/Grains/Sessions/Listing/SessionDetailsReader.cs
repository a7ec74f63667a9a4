using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Time;

namespace OrleansBroker.Grains.Sessions.Listing;

/// <summary>All that this node says of one session that it has in memory, or whose connection it has.</summary>
internal sealed class SessionDetailsReader(LocalSessions sessions, RemoteSessions remote, NodeSenders senders, BrokerClock clock, StoredSessions store)
{
    private static readonly SessionFilter NoFilter = new(new SessionQuery());

    /// <summary>Null when neither is here.</summary>
    public async Task<SessionDetails?> DescribeAsync(string clientId, bool withWillPayload)
    {
        var reader = new SessionReader(NoFilter, clock, senders.Self);
        var (monitor, held) = (sessions.Find(clientId), remote.Find(clientId));
        var (details, oldest) = monitor is null ? (null, null) : await monitor.LookAsync((Reader: reader, withWillPayload), Read);
        if (details is not null && oldest is { } sequence) details = details with { OldestQueuedAt = await store.QueuedAtAsync(clientId, sequence) };
        return held is null || await reader.ReadAsync(null, held) is not { } connection ? details : SessionDetailsMerge.Combine([.. Both(details, Read(connection, held, withWillPayload))]);
    }

    /// <summary>Null when it is not in memory here.</summary>
    public async Task<SessionSubscriptions?> SubscriptionsAsync(string clientId, uint after, int limit)
    {
        if (sessions.Find(clientId) is not { } monitor) return null;
        var (incarnation, epoch, subscriptions) = await monitor.LookAsync(0, static (_, session, _) => (session.Incarnation, session.Epoch, session.Subscriptions.Items.ToArray()));
        if (incarnation == 0) return null;
        var behind = subscriptions.Where(subscription => subscription.Version > after).OrderBy(static subscription => subscription.Version).ToList();
        return new SessionSubscriptions(incarnation, epoch, [.. behind.Take(limit).Select(SubscriptionRecord.From)], behind.Count <= limit);
    }

    /// <summary>Null when it is not in memory here.</summary>
    public async Task<SessionQueue?> QueueAsync(string clientId, long after, int limit, bool withPayloads)
    {
        if (sessions.Find(clientId) is not { } monitor) return null;
        var (incarnation, epoch, isConnected, waiting) = await monitor.LookAsync(
            (after, limit), static (_, session, page) => (session.Incarnation, session.Epoch, session.IsConnected, session.Waiting(page.after, page.limit + 1)));
        if (incarnation == 0) return null;
        var page = new QueuePage(clock, limit, withPayloads);
        await store.ReadAsync(clientId, waiting, page);
        page.Add(waiting, isConnected);
        if (page.FirstUnread == 0) return new SessionQueue(incarnation, epoch, [.. page.Items], page.Next);
        // Larger than a page: alone.
        var alone = new QueuePage(clock, 1, withPayloads) { MaxPayloadBytes = long.MaxValue };
        QueueEntry[] large = [.. waiting.Where(message => message.Message.Sequence == page.FirstUnread)];
        await store.ReadAsync(clientId, large, alone);
        alone.Add(large, isConnected);
        return new SessionQueue(incarnation, epoch, [.. alone.Items], page.FirstUnread);
    }

    private static (SessionDetails? Details, long? Oldest) Read(SessionMonitor monitor, Session session, (SessionReader Reader, bool WithWillPayload) asked)
    {
        if (asked.Reader.Read(monitor, session) is not { } item) return (null, null);
        var connection = item.Parts.HasFlag(SessionParts.Connection) ? (IGatewayConnection)monitor.Connection! : null;
        var details = new SessionDetails
        {
            Item = item,
            Core = asked.Reader.Self,
            CleanStart = session.CleanStart,
            ReceiveMaximum = session.ReceiveMaximum,
            Will = session.Will is { } will ? WillOf(will, asked.WithWillPayload) : null,
            WillPayloadBytes = session.Will is { } one ? PayloadBytesOf(one) : 0,
            Drops = session.Drops is { } drops ? [.. drops.Counted().Select(static counted => new DropCount(SnakeCase.Of(counted.Reason), counted.Count))] : [],
            MessagesReceived = connection?.MessagesReceived ?? 0,
            MessagesSent = connection?.MessagesSent ?? 0,
        };
        return (details, item.Queued > 0 && session.IsDurable ? session.OldestSequence : null);
    }

    private static SessionDetails Read(SessionItem item, RemoteSession held, bool withWillPayload)
    {
        var look = held.Look(withSubscriptions: false);
        var will = look.Parameters.Will;
        return new SessionDetails
        {
            Item = item,
            CleanStart = look.Parameters.CleanStart,
            ReceiveMaximum = look.Parameters.ReceiveMaximum,
            Will = will is null ? null : WillOf(will, withWillPayload),
            WillPayloadBytes = will is null ? 0 : PayloadBytesOf(will),
            MessagesReceived = look.Connection.MessagesReceived,
            MessagesSent = look.Connection.MessagesSent,
        };
    }

    internal static WillRecord WillOf(WillMessage will, bool withPayload) =>
        WillRecord.From(withPayload ? will : will with { Body = will.Body[..(will.TopicLength + will.PropertiesLength)] });

    internal static int PayloadBytesOf(WillMessage will) => will.Body.Length - will.TopicLength - will.PropertiesLength;

    private static IEnumerable<SessionDetails> Both(SessionDetails? session, SessionDetails connection) => session is null ? [connection] : [session, connection];
}
