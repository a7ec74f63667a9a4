using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Time;
using OrleansBroker.Grains.Topics;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Nodes;

/// <summary>What another silo sent, handed to the session, connection, shard or publisher of this silo that it is for.</summary>
internal sealed class NodeInbox(
    LocalSessions sessions,
    LocalShards shards,
    SessionDetours detours,
    NodeSenders senders,
    PendingTokens tokens,
    IConnectionRegistry connections,
    BrokerCounters counters,
    BrokerClock clock)
{
    public void Accept(NodeItem item, SiloAddress from)
    {
        switch (item.Kind)
        {
            case NodeItemKind.Done:
                tokens.Take<Publication>(item.Token)?.Settle(ToOutcome(item.Reason));
                break;
            case NodeItemKind.OfferAnswer:
                if (tokens.Take<SharedOffer>(item.Token) is { } offer) offer.Answer((OfferAnswer)item.Number);
                break;
            case NodeItemKind.Gone:
                shards.Find(item.Shard)?.RemoveStale(item.Message!.Body, item.Match!.ToMatch(Receiver(item.ClientId)));
                break;
            case NodeItemKind.Deliver or NodeItemKind.Offer or NodeItemKind.Retained or NodeItemKind.ReturnShared:
                ToSession(item, from);
                break;
            case NodeItemKind.Acknowledge or NodeItemKind.PublishExactlyOnce or NodeItemKind.OutputDrained or NodeItemKind.Activity:
                FromConnection(item, from);
                break;
            default:
                ToConnection(item, from);
                break;
        }
    }

    /// <summary>For the session's own grain, which has just made sure that the monitor is open.</summary>
    public bool TryEnter(SessionMonitor monitor, NodeItem item, SiloAddress from)
    {
        var match = item.Match?.ToMatch(monitor.Identity);
        switch (item.Kind)
        {
            case NodeItemKind.Deliver:
                var message = ToPublication(item, from);
                if (monitor.Deliver(message, match!)) return true;
                return false;
            case NodeItemKind.Offer:
                var offer = new SharedOffer(ToPublication(item, from), new RemoteGroup(from, item.Token, senders))
                {
                    Match = match!,
                    IsLastResort = item.IsLastResort,
                };
                return monitor.Offer(offer);
            case NodeItemKind.Retained:
                return monitor.DeliverRetained(new RetainedBatch(match!, [item.Message!.ToPublication(clock.NowMilliseconds)]));
            default:
                return monitor.ReturnShared(item.Number);
        }
    }

    private static PartOutcome ToOutcome(ReasonCode reason) => reason switch
    {
        ReasonCode.Success => PartOutcome.Done,
        ReasonCode.NoMatchingSubscribers => PartOutcome.NoReceiver,
        ReasonCode.QuotaExceeded => PartOutcome.Refused,
        _ => PartOutcome.NotStored,
    };

    private Publication ToPublication(NodeItem item, SiloAddress from)
    {
        var publication = item.Message!.ToPublication(clock.NowMilliseconds, item.Token);
        // The one part of the copy is this session's: opened here, settled by it.
        return item.Token == 0 || item.Kind == NodeItemKind.Offer ? publication : publication.PublishedBy(new RemotePublisher(from, senders));
    }

    private void ToSession(NodeItem item, SiloAddress from)
    {
        var session = sessions.Hold(item.ClientId);
        try
        {
            if (session.Local is { } monitor && !detours.IsOn(session) && TryEnter(monitor, item, from)) return;
            detours.Forward(session, item);
        }
        finally
        {
            sessions.Release(session);
        }
    }

    private void FromConnection(NodeItem item, SiloAddress from)
    {
        // A session that is no longer here has another connection by now, or its gateway will attach again.
        if (sessions.Find(item.ClientId) is not { } monitor || monitor.RemoteConnection(from, item.ConnectionId) is not { } connection) return;
        switch (item.Kind)
        {
            case NodeItemKind.Acknowledge:
                monitor.Acknowledge(connection, (PacketType)item.PacketType, item.PacketIdentifier, item.Reason);
                break;
            case NodeItemKind.PublishExactlyOnce:
                monitor.PublishExactlyOnce(connection, item.Message!.ToPublication(clock.NowMilliseconds));
                break;
            case NodeItemKind.OutputDrained:
                monitor.OutputDrained(connection);
                break;
            default:
                monitor.ActivityReported(connection, clock.NowMilliseconds - item.Milliseconds);
                break;
        }
    }

    private void ToConnection(NodeItem item, SiloAddress from)
    {
        if (!connections.TryGet(item.ConnectionId, out var connection)) return;
        switch (item.Kind)
        {
            case NodeItemKind.Attached:
                connection.Attached(
                    new RemoteSession(from, item.ClientId, senders, clock),
                    new ConnAckPacket { SessionPresent = item.SessionPresent, SessionExpiryIntervalSeconds = item.Number });
                break;
            case NodeItemKind.Send:
                Publish(connection, item);
                break;
            case NodeItemKind.SendAcknowledge:
                connection.Acknowledge((PacketType)item.PacketType, item.PacketIdentifier, item.Reason);
                break;
            case NodeItemKind.SendSubAck:
                connection.SubAck(new SubAckPacket { PacketIdentifier = item.PacketIdentifier, ReasonCodes = item.Reasons! });
                break;
            case NodeItemKind.SendUnsubAck:
                connection.UnsubAck(new UnsubAckPacket { PacketIdentifier = item.PacketIdentifier, ReasonCodes = item.Reasons! });
                break;
            case NodeItemKind.Close:
                connection.Close(item.Reason);
                break;
            case NodeItemKind.AskActivity:
                ReportActivity(connection, item, from);
                break;
        }
    }

    private void Publish(IGatewayConnection connection, NodeItem item)
    {
        var outcome = connection.Publish(new OutboundPublish(
            item.Message!.ToPublication(clock.NowMilliseconds),
            item.PacketIdentifier,
            (QoS)item.QoS,
            item.Duplicate,
            item.Retain,
            item.SubscriptionIdentifiers,
            clock.NowMilliseconds));
        if (outcome != SendOutcome.Full) return;
        // The session cannot know this gateway's bound: QoS 0 is dropped, for the rest the client must come back and is sent it again.
        if (item.QoS == (byte)QoS.AtMostOnce) counters.Drop(DropReason.SlowConsumer);
        else connection.Close(ReasonCode.QuotaExceeded);
    }

    private void ReportActivity(IGatewayConnection connection, NodeItem item, SiloAddress from) => senders.Send(from, new NodeItem
    {
        Kind = NodeItemKind.Activity,
        ClientId = item.ClientId,
        ConnectionId = item.ConnectionId,
        Milliseconds = clock.NowMilliseconds - connection.LastPacketMilliseconds,
    });

    private SessionRef Receiver(string clientId)
    {
        var session = sessions.Hold(clientId);
        sessions.Release(session);
        return session;
    }
}
