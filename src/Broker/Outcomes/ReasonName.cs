using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Broker.Outcomes;

/// <summary>Reason codes as traces have them.</summary>
public static class ReasonName
{
    /// <summary><c>server_unavailable</c>; 0, which has several names, is <c>success</c>.</summary>
    public static string Of(ReasonCode reason) => reason == ReasonCode.Success ? "success" : SnakeCase.Of(reason);
}
