using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Time;

namespace OrleansBroker.Grains.Sessions.Listing;

/// <summary>Says what this node knows of a session: as its own node, as the gateway of its connection, or as both.</summary>
internal sealed class SessionReader(SessionFilter filter, BrokerClock clock, SiloAddress self)
{
    /// <summary>Between the two clocks; read once for a page.</summary>
    private readonly long _utcOffset = clock.ToUtcMilliseconds(0);

    public SiloAddress Self => self;

    /// <summary>Null when this node knows of no such session.</summary>
    public async ValueTask<SessionItem?> ReadAsync(SessionMonitor? monitor, RemoteSession? held)
    {
        var session = monitor is null ? null : await monitor.LookAsync(this, static (monitor, session, reader) => reader.Read(monitor, session));
        var connection = held is null ? null : Read(held);
        return session is null || connection is null ? session ?? connection : SessionMerge.Combine([session, connection]);
    }

    /// <summary>Under the monitor.</summary>
    public SessionItem? Read(SessionMonitor monitor, Session session)
    {
        if (!session.Exists) return null;
        var item = new SessionItem
        {
            ClientId = session.ClientId,
            Parts = SessionParts.Session,
            Incarnation = session.Incarnation,
            Epoch = session.Epoch,
            IsConnected = session.IsConnected || session.IsAwaited,
            Version = (byte)session.Version,
            UserName = session.UserName,
            ExpiryIntervalSeconds = session.ExpiryIntervalSeconds,
            DisconnectedAt = session.DisconnectedAtMilliseconds is { } at ? ToUtc(at) : 0,
            KeepAliveSeconds = session.KeepAliveSeconds,
            InflightOut = session.IsConnected ? session.InflightCount : 0,
            InflightIn = session.InboundCount,
            // Without connection nothing is on its way: it is sent again.
            Queued = session.QueuedCount + (session.IsConnected ? 0 : session.InflightCount),
            QueuedBytes = session.QueuedBytes + (session.IsConnected ? 0 : session.InflightBytes),
            Subscriptions = session.Subscriptions.Count,
        };
        item = WithConnection(item, monitor, session);
        return IsAdmitted(item) && (!filter.NeedsSubscriptions || filter.AdmitsSubscriptions(session.Subscriptions.Items)) ? item : RuledOut(item);
    }

    private long ToUtc(long monotonicMilliseconds) => monotonicMilliseconds + _utcOffset;

    private SessionItem WithConnection(SessionItem item, SessionMonitor monitor, Session session)
    {
        if (session.IsAwaited) return item with { Gateway = monitor.AwaitedGateway };
        if (monitor.Connection is not { } connection || !session.IsCurrent(connection)) return item;
        return connection is IGatewayConnection here ? With(item, here) : item with { Gateway = ((RemoteConnection)connection).Gateway };
    }

    private SessionItem Read(RemoteSession held)
    {
        var look = held.Look(filter.NeedsSubscriptions);
        var item = With(
            new SessionItem
            {
                ClientId = held.ClientId,
                Incarnation = look.Incarnation,
                Epoch = look.Epoch,
                IsConnected = true,
                Version = (byte)look.Parameters.Version,
                UserName = look.Parameters.UserName,
                ExpiryIntervalSeconds = look.Parameters.SessionExpiryIntervalSeconds,
                KeepAliveSeconds = look.Parameters.KeepAliveSeconds,
                InflightOut = look.InflightCount,
            },
            look.Connection);
        return IsAdmitted(item) && (look.Subscriptions is null || filter.AdmitsSubscriptions(look.Subscriptions)) ? item : RuledOut(item);
    }

    private SessionItem With(SessionItem item, IGatewayConnection connection) => item with
    {
        Parts = item.Parts | SessionParts.Connection,
        Gateway = self,
        RemoteAddress = connection.Remote?.ToString(),
        ConnectedAt = ToUtc(connection.AcceptedAtMilliseconds),
        LastPacketAt = ToUtc(connection.LastPacketMilliseconds),
    };

    /// <summary>As far as the parts that are here can tell.</summary>
    private bool IsAdmitted(SessionItem item) => item.Parts switch
    {
        SessionParts.Connection => filter.AdmitsConnection(item),
        SessionParts.Session when item.IsConnected => filter.AdmitsSession(item),
        _ => filter.Admits(item),
    };

    /// <summary>Enough to say of which session it is.</summary>
    private static SessionItem RuledOut(SessionItem item) => new()
    {
        ClientId = item.ClientId,
        Parts = item.Parts | SessionParts.RuledOut,
        Incarnation = item.Incarnation,
        Epoch = item.Epoch,
        IsConnected = item.IsConnected,
        ExpiryIntervalSeconds = item.ExpiryIntervalSeconds,
    };
}
