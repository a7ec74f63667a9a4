using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Time;
using OrleansBroker.Grains.Topics;

namespace OrleansBroker.Grains.Sys;

/// <summary>Takes routes of sessions of this silo to the <see cref="NodeShard"/> of the node that has the connection, and out of it again.</summary>
internal sealed partial class NodeRoutes(NodeShard shard, NodeSenders senders, BrokerClock clock, ILogger<NodeRoutes> logger)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);

    /// <param name="connection">Null: the session is on no node, and its routes are nowhere.</param>
    /// <returns>The node, when it has given retained messages for them; otherwise null.</returns>
    public async Task<SiloAddress?> RegisterAsync(ISessionConnection? connection, RouteRecord[] routes)
    {
        if (connection is null) return null;
        if (connection is not RemoteConnection remote) return await shard.RegisterAsync(routes) ? senders.Self : null;
        return await senders.Client.For(remote.Gateway).RegisterAsync(routes) ? remote.Gateway : null;
    }

    /// <summary>Again and again, until the node has confirmed or is dead. Never fails.</summary>
    /// <inheritdoc cref="RegisterAsync"/>
    public async Task RemoveAsync(ISessionConnection? connection, RouteRecord[] routes)
    {
        if (connection is RemoteConnection remote)
        {
            while (!await TryRemoveAsync(remote.Gateway, routes)) await Task.Delay(RetryDelay, clock.TimeProvider);
        }
        else if (connection is not null)
        {
            await shard.RemoveAsync(routes);
        }
    }

    /// <summary>A session of this silo refused what a route brought it. A stale route on another node is not reached from here: it goes with its node, or when its session comes there again.</summary>
    public void Gone(ReadOnlyMemory<byte> topic, RouteMatch match) => _ = shard.RemoveStaleAsync(topic, match);

    private async Task<bool> TryRemoveAsync(SiloAddress node, RouteRecord[] routes)
    {
        try
        {
            await senders.Client.For(node).RemoveAsync(routes);
            return true;
        }
        catch (Exception exception)
        {
            // Whatever the call failed of: a living node is asked again, a dead one has forgotten.
            if (senders.IsDead(node)) return true;
            LogNotRemoved(exception, routes[0].ClientId, node);
            return false;
        }
    }

    [LoggerMessage(2502, LogLevel.Warning, "Node {Node} not reached to remove $SYS routes of session {ClientId}; tried again")]
    private partial void LogNotRemoved(Exception exception, string clientId, SiloAddress node);
}
