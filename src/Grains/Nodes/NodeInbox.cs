using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Retained;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Nodes.Items;
using OrleansBroker.Grains.Nodes.Lanes;
using OrleansBroker.Grains.Routing;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Time;
using OrleansBroker.Grains.Topics;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Grains.Nodes;

/// <summary>What another silo sent, handed to the shard, session, connection or publisher of this silo that it is for.</summary>
internal sealed partial class NodeInbox(
    LocalSessions sessions,
    SessionDetours detours,
    SessionForwards forwards,
    LocalShards shards,
    ShardRoutes routes,
    ShardForwards shardForwards,
    NodeSenders senders,
    RemoteSessions remote,
    IConnectionRegistry connections,
    IJournalTurns journals,
    BrokerClock clock,
    ILogger<NodeInbox> logger)
{
    /// <summary>All of a batch, in one turn: what it makes connections send is written, and what it makes journals keep is committed, once.</summary>
    public void Run(ReadOnlyMemory<byte> batch, InboundLane lane)
    {
        var isTurn = journals.TryBegin();
        connections.BeginTurn();
        try
        {
            Read(batch, lane);
        }
        finally
        {
            if (isTurn) journals.End();
            connections.EndTurn();
        }
    }

    /// <summary>For the session's own grain, which has just made sure that the monitor is open.</summary>
    public void EnterAdmitted(SessionMonitor monitor, ReadOnlyMemory<byte> batch, SiloAddress from)
    {
        var reader = new ItemReader(batch, new BatchMemory(), clock.NowMilliseconds);
        while (reader.TryRead(out var item)) Enter(monitor, item, WiredMatch.Read(item.MatchBytes.Span, monitor.Identity), item.Source ?? from, DeliveryWay.Call);
        if (reader.IsDamaged) LogDamaged(from);
    }

    /// <summary>For the shard's own grain.</summary>
    public void Enter(ShardMonitor monitor, ReadOnlyMemory<byte> batch, SiloAddress from)
    {
        var reader = new ItemReader(batch, new BatchMemory(), clock.NowMilliseconds);
        while (reader.TryRead(out var item)) Enter(monitor, item, item.Source ?? from);
        if (reader.IsDamaged) LogDamaged(from);
    }

    private void Read(ReadOnlyMemory<byte> batch, InboundLane lane)
    {
        var reader = new ItemReader(batch, lane.Memory, clock.NowMilliseconds);
        while (reader.TryRead(out var item))
        {
            try
            {
                Dispatch(item, lane);
            }
            catch (Exception fault)
            {
                // A fault of ours with one item must not hold up, or bring again, all the others.
                LogFault(fault, item.Kind, lane.From);
            }
        }

        if (reader.IsDamaged) LogDamaged(lane.From);
    }

    private void Dispatch(in NodeItem item, InboundLane lane)
    {
        switch (item.Kind)
        {
            case NodeItemKind.Publish or NodeItemKind.ShardBarrier:
                ToShard(item, lane.From);
                break;
            case NodeItemKind.ShardMoved:
                routes.Moved((int)item.Number, lane.From);
                break;
            case NodeItemKind.Done:
                senders.Outstanding.Done(item.Token, item.Reason);
                break;
            case NodeItemKind.OfferAnswer:
                senders.Outstanding.Answered(item.Token, (OfferAnswer)item.Number);
                break;
            case NodeItemKind.LaneBarrier:
                senders.Arrived(new OrderBarrier(lane.From, item.Token));
                break;
            case NodeItemKind.SessionMoved:
                detours.Moved(sessions, item.ClientId, lane.From);
                break;
            case NodeItemKind.Deliver or NodeItemKind.Offer or NodeItemKind.Retained or NodeItemKind.ReturnShared or NodeItemKind.SessionBarrier:
                ToSession(item, lane);
                break;
            case >= NodeItemKind.Acknowledge:
                FromConnection(item, lane.From);
                break;
            default:
                remote.ToConnection(item, lane.From);
                break;
        }
    }

    private void ToShard(in NodeItem item, SiloAddress from)
    {
        var shard = (int)item.Number;
        if (!shards.Exists(shard)) return;
        // One that is closing hands it on itself, behind what waits in it.
        if (shards.Find(shard) is { } monitor && (monitor.IsClosed || !shardForwards.IsOn(shard)))
        {
            Enter(monitor, item, from);
            return;
        }

        // Who sends more of it here is told: it goes there by itself then.
        senders.Send(from, new NodeItem { Kind = NodeItemKind.ShardMoved, Number = item.Number });
        if (item.Kind == NodeItemKind.ShardBarrier) shardForwards.Pass(shard, new OrderBarrier(from, item.Token));
        else if (item.Message is { } message) shardForwards.Publish(shard, Published(message, from));
    }

    private void Enter(ShardMonitor monitor, in NodeItem item, SiloAddress source)
    {
        if (item.Kind == NodeItemKind.ShardBarrier) monitor.Enter(new OrderBarrier(source, item.Token));
        else if (item.Message is { } message) monitor.Publish(Published(message, source), ShardWorkKind.PublishPassedOn);
    }

    private void ToSession(in NodeItem item, InboundLane lane)
    {
        if (sessions.Find(item.ClientId) is { } monitor)
        {
            Enter(monitor, item, item.MatchBytes.IsEmpty ? null : lane.Matches.Of(monitor.Identity, item.MatchBytes.Span), item.Source ?? lane.From, DeliveryWay.Lane);
            return;
        }

        var session = sessions.Hold(item.ClientId);
        try
        {
            // Who sends more of it here is told: it goes there by itself then.
            senders.Send(lane.From, new NodeItem { Kind = NodeItemKind.SessionMoved, ClientId = item.ClientId });
            PassOn(session, item, lane);
        }
        finally
        {
            session.Release();
        }
    }

    private void PassOn(SessionRef session, in NodeItem item, InboundLane lane)
    {
        var match = item.Kind is NodeItemKind.Deliver or NodeItemKind.Offer ? lane.Matches.Of(session, item.MatchBytes.Span) : null;
        if (item.Kind == NodeItemKind.SessionBarrier) forwards.Pass(session, new OrderBarrier(lane.From, item.Token));
        else if (match is null) forwards.Pass(session, item);
        else if (item.Kind == NodeItemKind.Deliver) forwards.Deliver(session, Received(item.Message!, lane.From), match);
        else forwards.Offer(session, ToOffer(item, match, lane.From));
    }

    private void Enter(SessionMonitor monitor, in NodeItem item, RouteMatch? match, SiloAddress source, DeliveryWay way)
    {
        switch (item.Kind)
        {
            case NodeItemKind.Deliver when match is not null && item.Message is { } message:
                monitor.Deliver(Received(message, source), match, way);
                break;
            case NodeItemKind.Offer when match is not null && item.Message is not null:
                monitor.Offer(ToOffer(item, match, source), way);
                break;
            case NodeItemKind.Retained when match is not null && item.Message is { } message:
                monitor.DeliverRetained(new RetainedBatch(match, [new RetainedMessage(message)]), way);
                break;
            case NodeItemKind.SessionBarrier:
                monitor.Enter(new OrderBarrier(source, item.Token), way);
                break;
            case NodeItemKind.ReturnShared:
                monitor.ReturnShared(item.Number, way);
                break;
            default:
                LogDamaged(source);
                break;
        }
    }

    private SharedOffer ToOffer(in NodeItem item, RouteMatch match, SiloAddress source) =>
        new(Received(item.Message!, source), new RemoteGroup(source, item.Token, senders)) { Match = match, IsLastResort = item.IsLastResort };

    /// <summary>The one part of the copy is this session's: settled by it, and told to whoever waits for it.</summary>
    private Publication Received(Publication message, SiloAddress source) =>
        message.Token == 0 ? message : Awaited(message.PublishedBy(senders.DelivererOf(source, message.Token)));

    private Publication Published(Publication message, SiloAddress source) => message.Token == 0 ? message : Awaited(message.PublishedBy(senders.PublisherOf(source)));

    /// <summary>A message of QoS 0 that has a token was in an inbox there: its publisher counts it until it is done.</summary>
    private static Publication Awaited(Publication message)
    {
        if (message.QoS == QoS.AtMostOnce) message.Defer();
        return message;
    }

    private void FromConnection(in NodeItem item, SiloAddress from)
    {
        // A session that is no longer here has closed its connection, or has another one by now.
        if (sessions.Find(item.ClientId) is not { } monitor || monitor.RemoteConnection(from, item.ConnectionId) is not { } connection) return;
        switch (item.Kind)
        {
            case NodeItemKind.Acknowledge:
                monitor.Acknowledge(connection, (PacketType)item.PacketType, item.PacketIdentifier, item.Reason);
                break;
            case NodeItemKind.PublishExactlyOnce when item.Message is { } message:
                monitor.PublishExactlyOnce(connection, message);
                break;
            case NodeItemKind.RefuseOverdue:
                monitor.RefuseOverdue(connection, item.PacketIdentifier);
                break;
            case NodeItemKind.ConnectionGone:
                monitor.ConnectionGone(connection, item.PublishWill);
                break;
            case NodeItemKind.Activity:
                monitor.ActivityReported(connection, clock.NowMilliseconds - item.Milliseconds);
                break;
        }
    }

    [LoggerMessage(2103, LogLevel.Error, "A fault with an item {Kind} from {Silo}; it is lost")]
    private partial void LogFault(Exception fault, NodeItemKind kind, SiloAddress silo);

    [LoggerMessage(2104, LogLevel.Error, "{Silo} sent what is no item; what follows in its batch is lost")]
    private partial void LogDamaged(SiloAddress silo);
}
