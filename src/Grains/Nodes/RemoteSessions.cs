using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Nodes.Items;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Sessions.Listing;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Grains.Nodes;

/// <summary>This silo's connections whose sessions are on other silos: hands them what their sessions send, and their sessions on when a silo dies.</summary>
internal sealed class RemoteSessions(IConnectionRegistry connections, RemoteSessionServices services, Reattacher reattacher, SessionNames names)
{
    private readonly ConcurrentDictionary<long, RemoteSession> _sessions = new();

    /// <summary>The newest connection of each client.</summary>
    private readonly ConcurrentDictionary<string, RemoteSession> _clients = new(StringComparer.Ordinal);

    /// <summary>CONNECTs whose sessions may be elsewhere, until CONNACK passes here or the session is found to be on this silo.</summary>
    private readonly ConcurrentDictionary<long, ConnectParameters> _connecting = new();

    public int Count => _sessions.Count;

    /// <summary>The connections whose sessions are elsewhere, as they are walked.</summary>
    public IEnumerable<RemoteSession> All => _sessions.Select(static entry => entry.Value);

    /// <summary>A connection of the client is here whose session is, or was, elsewhere.</summary>
    public bool Holds(string clientId) => _clients.TryGetValue(clientId, out var session) && !session.IsEnded;

    /// <summary>The connection of the client whose session is elsewhere; null for none.</summary>
    public RemoteSession? Find(string clientId) => _clients.TryGetValue(clientId, out var session) && !session.IsEnded ? session : null;

    public bool TryGet(long connectionId, [NotNullWhen(true)] out RemoteSession? session) => _sessions.TryGetValue(connectionId, out session);

    public void Connecting(long connectionId, ConnectParameters parameters) => _connecting[connectionId] = parameters;

    /// <summary>The session is on this silo, or there is none.</summary>
    public void NotRemote(long connectionId) => _connecting.TryRemove(connectionId, out _);

    public void ToConnection(in NodeItem item, SiloAddress from)
    {
        if (item.Kind == NodeItemKind.Attached)
        {
            Attach(item, from);
            return;
        }

        if (_sessions.TryGetValue(item.ConnectionId, out var session)) ToSession(session, item, from);
        else ToUnattached(item, from);
    }

    /// <summary>The session knows of the connection's end, or the connection's session is given up.</summary>
    public void Remove(RemoteSession session)
    {
        session.End();
        _sessions.TryRemove(new KeyValuePair<long, RemoteSession>(session.ConnectionId, session));
        _clients.TryRemove(new KeyValuePair<string, RemoteSession>(session.ClientId, session));
    }

    /// <summary>The connections of its sessions are handed over: the busiest first, as it takes seconds for tens of thousands.</summary>
    public void SiloDied(SiloAddress silo)
    {
        foreach (var session in All.OrderByDescending(static session => session.Messages)) Lost(session, silo);
        // A CONNACK that was on its way from there does not come any more.
        foreach (var connectionId in _connecting.Keys)
        {
            if (!connections.TryGet(connectionId, out _)) _connecting.TryRemove(connectionId, out _);
        }
    }

    private void ToSession(RemoteSession session, in NodeItem item, SiloAddress from)
    {
        switch (item.Kind)
        {
            case NodeItemKind.Reattached:
                if (!session.Reattached(item.Epoch, from)) Lost(session, session.Silo);
                // Died while this was on its way.
                if (services.Senders.IsDead(from)) Lost(session, from);
                break;
            case NodeItemKind.Moved:
                Lost(session, from);
                break;
            case NodeItemKind.Close when from.Equals(session.Silo):
                Remove(session);
                if (connections.TryGet(item.ConnectionId, out var closed)) Close(closed, item);
                break;
            case NodeItemKind.AskActivity:
                if (connections.TryGet(item.ConnectionId, out var connection)) ReportActivity(connection, item, from);
                break;
            default:
                session.FromSession(item, from);
                break;
        }
    }

    /// <summary>What an attempt to attach that came to nothing sends.</summary>
    private void ToUnattached(in NodeItem item, SiloAddress from)
    {
        if (!connections.TryGet(item.ConnectionId, out var connection))
        {
            // The gateway tells nobody of the end of what was never attached, and a report of it may have been lost with a silo.
            if (item.Kind is NodeItemKind.AskActivity or NodeItemKind.Reattached) SayGone(item, from);
        }
        else if (item.Kind == NodeItemKind.Close)
        {
            Close(connection, item);
        }
    }

    private static void Close(IGatewayConnection connection, in NodeItem item)
    {
        if (item.ServerReference is { } reference) connection.Redirect(item.Reason, reference);
        else connection.Close(item.Reason);
    }

    private void Attach(in NodeItem item, SiloAddress from)
    {
        var isKnown = _connecting.TryRemove(item.ConnectionId, out var parameters);
        if (!isKnown || !connections.TryGet(item.ConnectionId, out var connection))
        {
            SayGone(item, from);
            return;
        }

        var held = new HeldSession(parameters!, item.Incarnation, item.Epoch, item.IsDurable);
        var session = new RemoteSession(from, item.ClientId, connection, held, services);
        _sessions[item.ConnectionId] = session;
        _clients[item.ClientId] = session;
        names.Added(item.ClientId);
        connection.Attached(session, new ConnAckPacket { SessionPresent = item.SessionPresent, SessionExpiryIntervalSeconds = item.Number });
        // Died while its CONNACK was on its way here.
        if (services.Senders.IsDead(from)) Lost(session, from);
    }

    private void Lost(RemoteSession session, SiloAddress? silo)
    {
        // Not by the pool, which keeps no order.
        if (silo is not null && session.Lost(silo)) _ = HandOverAsync(session);
    }

    private async Task HandOverAsync(RemoteSession session)
    {
        await reattacher.RunAsync(session);
        if (session.IsEnded) Remove(session);
    }

    private void ReportActivity(IGatewayConnection connection, in NodeItem item, SiloAddress from) => services.Senders.Send(from, new NodeItem
    {
        Kind = NodeItemKind.Activity,
        ClientId = item.ClientId,
        ConnectionId = item.ConnectionId,
        Milliseconds = services.Clock.NowMilliseconds - connection.LastPacketMilliseconds,
    });

    /// <summary>A client that was never told that it is connected has no will.</summary>
    private void SayGone(in NodeItem item, SiloAddress from) => services.Senders.Send(from, new NodeItem
    {
        Kind = NodeItemKind.ConnectionGone,
        ClientId = item.ClientId,
        ConnectionId = item.ConnectionId,
        PublishWill = item.Kind != NodeItemKind.Attached,
    });
}
