using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Grains.Tests.Cluster;

internal static class Requests
{
    public static SubscriptionRequest Subscription(string filter, QoS qos, RetainHandling handling, bool noLocal) =>
        new(filter, qos, noLocal, RetainAsPublished: false, handling) { Filter = TopicFilter.Parse(filter) };

    public static UnsubscriptionRequest Unsubscription(string filter) => new(filter) { Filter = TopicFilter.Parse(filter) };
}
