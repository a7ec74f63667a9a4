using System.ComponentModel;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Api.Sessions;

/// <summary>A subscription of one session.</summary>
internal sealed record SessionSubscriptionBody(
    [property: Description("As the client wrote it, $share/name/ included.")] string Filter,
    [property: Description("What was granted.")] int Qos,
    bool NoLocal,
    bool RetainAsPublished,
    [property: Description("0: retained messages at every SUBSCRIBE. 1: at the first. 2: never.")] int RetainHandling,
    [property: Description("Absent when the subscription has none.")] long? SubscriptionIdentifier,
    [property: Description("Absent when the subscription is not shared.")] string? ShareName)
{
    public static SessionSubscriptionBody Of(SubscriptionRecord record) => new(
        record.Filter,
        record.QoS,
        record.NoLocal,
        record.RetainAsPublished,
        record.RetainHandling,
        record.Identifier == 0 ? null : record.Identifier,
        TopicFilter.Parse(record.Filter).ShareName);
}
