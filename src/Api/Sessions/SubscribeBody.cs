using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace OrleansBroker.Api.Sessions;

/// <summary>The options of a SUBSCRIBE (MQTT5 section 3.8.3.1).</summary>
internal sealed record SubscribeBody(
    [property: Range(0, 2), Description("Highest QoS of what is delivered.")] int Qos,
    [property: Description("Messages of the client itself are not delivered; not with a shared subscription.")] bool NoLocal = false,
    [property: Description("Messages keep their RETAIN flag.")] bool RetainAsPublished = false,
    [property: Range(0, 2), Description("Retained messages are sent: 0 now, 1 now if the subscription is new, 2 not.")] int RetainHandling = 0,
    [property: Range(1, 268_435_455), Description("Subscription Identifier, for 5.0 clients.")] int? SubscriptionIdentifier = null);
