using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Retained;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Time;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Nodes;

/// <summary>What another silo sent, handed to the session, connection or publisher of this silo that it is for.</summary>
internal sealed partial class NodeInbox(
    LocalSessions sessions, SessionDetours detours, NodeSenders senders, PendingTokens tokens, RemoteSessions remote, BrokerClock clock, ILogger<NodeInbox> logger)
{
    public void Accept(NodeItem item, SiloAddress from)
    {
        try
        {
            Dispatch(item, from);
        }
        catch (Exception fault)
        {
            // A fault of ours with one item must not hold up, or bring again, all the others.
            LogFault(fault, item.Kind, from);
        }
    }

    /// <summary>For the session's own grain, which has just made sure that the monitor is open.</summary>
    public void EnterAdmitted(SessionMonitor monitor, NodeItem item, SiloAddress from)
    {
        var match = item.Match?.ToMatch(monitor.Identity);
        switch (item.Kind)
        {
            case NodeItemKind.Deliver:
                monitor.DeliverAdmitted(ToPublication(item, from), match!);
                break;
            case NodeItemKind.Offer:
                monitor.OfferAdmitted(ToOffer(item, match!, from));
                break;
            case NodeItemKind.Retained:
                monitor.DeliverRetainedAdmitted(ToBatch(item, match!));
                break;
            default:
                monitor.ReturnShared(item.Number);
                break;
        }
    }

    private void Enter(SessionMonitor monitor, NodeItem item, SiloAddress from)
    {
        var match = item.Match?.ToMatch(monitor.Identity);
        switch (item.Kind)
        {
            case NodeItemKind.Deliver:
                monitor.Deliver(ToPublication(item, from), match!);
                break;
            case NodeItemKind.Offer:
                monitor.Offer(ToOffer(item, match!, from));
                break;
            case NodeItemKind.Retained:
                monitor.DeliverRetained(ToBatch(item, match!));
                break;
            default:
                monitor.ReturnShared(item.Number);
                break;
        }
    }

    private SharedOffer ToOffer(NodeItem item, RouteMatch match, SiloAddress from) =>
        new(ToPublication(item, from), new RemoteGroup(item.Source ?? from, item.Token, senders)) { Match = match, IsLastResort = item.IsLastResort };

    private RetainedBatch ToBatch(NodeItem item, RouteMatch match) => new(match, [new RetainedMessage(item.Message!.ToPublication(clock.NowMilliseconds))]);

    private void Dispatch(NodeItem item, SiloAddress from)
    {
        switch (item.Kind)
        {
            case NodeItemKind.Done:
                tokens.Done(item.Token, ToOutcome(item.Reason));
                break;
            case NodeItemKind.OfferAnswer:
                tokens.Answered(item.Token, (OfferAnswer)item.Number);
                break;
            case NodeItemKind.Deliver or NodeItemKind.Offer or NodeItemKind.Retained or NodeItemKind.ReturnShared:
                ToSession(item, from);
                break;
            case NodeItemKind.Acknowledge or NodeItemKind.PublishExactlyOnce or NodeItemKind.RefuseOverdue or NodeItemKind.Activity or NodeItemKind.ConnectionGone:
                FromConnection(item, from);
                break;
            default:
                remote.ToConnection(item, from);
                break;
        }
    }

    private static PartOutcome ToOutcome(ReasonCode reason) => reason switch
    {
        ReasonCode.Success => PartOutcome.Done,
        ReasonCode.NoMatchingSubscribers => PartOutcome.NoReceiver,
        ReasonCode.QuotaExceeded => PartOutcome.Refused,
        _ => PartOutcome.NotStored,
    };

    /// <summary>The one part of the copy is this session's: settled by it, and told to whoever waits for it.</summary>
    private Publication ToPublication(NodeItem item, SiloAddress from)
    {
        var publication = item.Message!.ToPublication(clock.NowMilliseconds, item.Token);
        return item.Token == 0 ? publication : publication.PublishedBy(new RemotePublisher(item.Source ?? from, senders, isDelivery: true));
    }

    private void ToSession(NodeItem item, SiloAddress from)
    {
        var session = sessions.Hold(item.ClientId);
        try
        {
            if (session.Local is { } monitor && !detours.IsOn(session)) Enter(monitor, item, from);
            else detours.Forward(session, item with { Source = item.Source ?? from });
        }
        finally
        {
            session.Release();
        }
    }

    private void FromConnection(NodeItem item, SiloAddress from)
    {
        // A session that is no longer here has closed its connection, or has another one by now.
        if (sessions.Find(item.ClientId) is not { } monitor || monitor.RemoteConnection(from, item.ConnectionId) is not { } connection) return;
        switch (item.Kind)
        {
            case NodeItemKind.Acknowledge:
                monitor.Acknowledge(connection, (PacketType)item.PacketType, item.PacketIdentifier, item.Reason);
                break;
            case NodeItemKind.PublishExactlyOnce:
                monitor.PublishExactlyOnce(connection, item.Message!.ToPublication(clock.NowMilliseconds));
                break;
            case NodeItemKind.RefuseOverdue:
                monitor.RefuseOverdue(connection, item.PacketIdentifier);
                break;
            case NodeItemKind.ConnectionGone:
                monitor.ConnectionGone(connection, item.PublishWill);
                break;
            default:
                monitor.ActivityReported(connection, clock.NowMilliseconds - item.Milliseconds);
                break;
        }
    }

    [LoggerMessage(2103, LogLevel.Error, "A fault with an item {Kind} from {Silo}; it is lost")]
    private partial void LogFault(Exception fault, NodeItemKind kind, SiloAddress silo);
}
