using OrleansBroker.Api.Frame;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Api.Sessions;

/// <summary>Why an administrator may end a connection: what a server's DISCONNECT may say (MQTT5 section 3.14.2.1) and a person can mean. 3.x clients are not told.</summary>
internal static class DisconnectReasons
{
    public const string Names = "The reason in the DISCONNECT that a 5.0 client gets.";

    public const int MaxServerReference = 1_024;

    public static readonly IReadOnlyList<(string Name, ReasonCode Value)> All = [.. new[]
    {
        ReasonCode.AdministrativeAction,
        ReasonCode.ServerBusy,
        ReasonCode.ServerShuttingDown,
        ReasonCode.UseAnotherServer,
        ReasonCode.ServerMoved,
        ReasonCode.NotAuthorized,
        ReasonCode.QuotaExceeded,
        ReasonCode.MessageRateTooHigh,
        ReasonCode.ConnectionRateExceeded,
        ReasonCode.MaximumConnectTime,
        ReasonCode.UnspecifiedError,
    }.Select(reason => (ReasonNames.Of(reason), reason))];

    /// <exception cref="ApiProblemException">A server reference with a reason that sends nobody anywhere.</exception>
    public static void Check(ReasonCode reason, string? serverReference, ApiProblem problem)
    {
        if (serverReference is not null && reason is not (ReasonCode.UseAnotherServer or ReasonCode.ServerMoved))
            throw problem.Because("serverReference goes with the reasons useAnotherServer and serverMoved alone.", "serverReference");
    }
}
