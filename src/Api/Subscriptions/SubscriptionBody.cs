using System.ComponentModel;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Topics;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Api.Subscriptions;

/// <summary>A subscription of a session.</summary>
internal sealed record SubscriptionBody(
    string ClientId,
    [property: Description("As the client wrote it, $share/name/ included.")] string Filter,
    [property: Description("What was granted.")] int Qos,
    bool NoLocal,
    bool RetainAsPublished,
    [property: Description("The session outlives its connection, and with it the subscription.")] bool Durable,
    [property: Description("Absent when the subscription has none.")] long? SubscriptionIdentifier = null,
    [property: Description("Absent when the subscription is not shared.")] string? ShareName = null)
{
    public static SubscriptionBody Of(RouteRecord route) => new(
        route.ClientId,
        route.Filter,
        route.QoS,
        route.NoLocal,
        route.RetainAsPublished,
        route.IsDurable,
        route.Identifier == 0 ? null : route.Identifier,
        TopicFilter.Parse(route.Filter).ShareName);

    public static SubscriptionBody Of(string clientId, SubscriptionRecord subscription, bool isDurable) => new(
        clientId,
        subscription.Filter,
        subscription.QoS,
        subscription.NoLocal,
        subscription.RetainAsPublished,
        isDurable,
        subscription.Identifier == 0 ? null : subscription.Identifier,
        TopicFilter.Parse(subscription.Filter).ShareName);
}
