using System.Text.Json;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Api.Sessions;

/// <summary>Reason codes of DISCONNECT as the API writes them: MQTT's names in camel case, <c>administrativeAction</c>.</summary>
internal static class ReasonNames
{
    public static string Of(ReasonCode reason) => reason switch
    {
        // 0x00 has several names.
        ReasonCode.NormalDisconnection => "normalDisconnection",
        _ => JsonNamingPolicy.CamelCase.ConvertName(reason.ToString()),
    };
}
