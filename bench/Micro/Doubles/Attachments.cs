using OrleansBroker.Broker.Sessions;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Micro.Doubles;

/// <summary>Sessions that are connected and subscribed, without a grain.</summary>
internal static class Attachments
{
    private const uint DurableSeconds = 3_600;
    private const long Incarnation = 1;
    private const ushort ReceiveMaximum = 1_000;

    /// <param name="journal">Of a durable session; null makes a transient one.</param>
    /// <returns>The grant of its one subscription.</returns>
    public static RouteGrant Attach(Session session, ISessionConnection connection, TopicFilter filter, QoS qos, ISessionJournal? journal = null)
    {
        var parameters = new ConnectParameters
        {
            ClientId = session.ClientId,
            Version = ProtocolVersion.Mqtt5,
            CleanStart = true,
            SessionExpiryIntervalSeconds = journal is null ? 0 : DurableSeconds,
            KeepAliveSeconds = 0,
            ReceiveMaximum = ReceiveMaximum,
        };
        session.BeginAttach(connection, parameters, Incarnation, journal, nowMilliseconds: 0);
        session.CompleteAttach(connection, nowMilliseconds: 0);
        var options = new SubscriptionOptions(qos, NoLocal: false, RetainAsPublished: false, RetainHandling.DoNotSend, Identifier: 0);
        var subscription = session.Subscribe(filter, options, out _)!;
        session.Confirm(subscription);
        return new RouteGrant(subscription.Version, qos, NoLocal: false, RetainAsPublished: false, Identifier: 0);
    }

    public static RouteMatch MatchOf(IReceiver receiver, RouteGrant grant) => new(receiver, Incarnation, [grant]);
}
