using System.Text;

namespace OrleansBroker.Gateway.Connections;

/// <summary>
/// Response Information for clients that ask for it (MQTT5 section 3.2.2.3.15): where their Response Topics are to be, with <c>%c</c> for the client id.
/// </summary>
/// <param name="text">Null or empty is none.</param>
internal sealed class ResponseInformation(string? text)
{
    private const string ClientIdMark = "%c";

    /// <summary>Null when there is none for this client.</summary>
    public string? Of(string clientId)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        if (!text.Contains(ClientIdMark, StringComparison.Ordinal))
            return Fitting(text);

        // As in authorization: who chooses such a name would choose topics beyond its own.
        return clientId.AsSpan().ContainsAny('/', '+', '#') ? null : Fitting(text.Replace(ClientIdMark, clientId, StringComparison.Ordinal));
    }

    private static string? Fitting(string information) => Encoding.UTF8.GetByteCount(information) <= ushort.MaxValue ? information : null;
}
