using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Grains.Sessions;

/// <summary>A transient session's subscription between its silo and its gateway.</summary>
[GenerateSerializer, Immutable, Alias("broker.Subscription")]
public readonly record struct SubscriptionRecord(
    [property: Id(0)] string Filter,
    [property: Id(1)] uint Version,
    [property: Id(2)] byte QoS,
    [property: Id(3)] bool NoLocal,
    [property: Id(4)] bool RetainAsPublished,
    [property: Id(5)] byte RetainHandling,
    [property: Id(6)] uint Identifier)
{
    public static SubscriptionRecord From(Subscription subscription) => new(
        subscription.Filter.Text,
        subscription.Version,
        (byte)subscription.Options.QoS,
        subscription.Options.NoLocal,
        subscription.Options.RetainAsPublished,
        (byte)subscription.Options.RetainHandling,
        subscription.Options.Identifier);

    public Subscription ToSubscription() => new(
        TopicFilter.Parse(Filter),
        new SubscriptionOptions((QoS)QoS, NoLocal, RetainAsPublished, (RetainHandling)RetainHandling, Identifier),
        Version,
        replacedVersion: 0)
    {
        State = SubscriptionState.Active,
    };
}
