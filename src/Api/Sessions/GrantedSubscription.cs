using System.ComponentModel;

namespace OrleansBroker.Api.Sessions;

/// <summary>A subscription as it stands.</summary>
internal sealed record GrantedSubscription(
    string Filter,
    [property: Description("What was granted: less than asked for where the broker has less.")] int Qos,
    bool NoLocal,
    bool RetainAsPublished,
    int RetainHandling,
    int? SubscriptionIdentifier = null);
