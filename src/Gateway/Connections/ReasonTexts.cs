using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Connections;

/// <summary>Reason Strings for people who look for the cause of a refusal. They say no more about users and rules than the code does.</summary>
internal static class ReasonTexts
{
    // By reason code: encoded once, so that a refusal allocates no more than a success.
    private static readonly byte[][] Acknowledgements = CreateAcknowledgements();

    /// <summary>Of CONNACK and DISCONNECT; null where there is nothing to add to the code.</summary>
    public static string? OfConnection(ReasonCode reason) => reason switch
    {
        ReasonCode.ClientIdentifierNotValid => "The client identifier is longer than this server accepts",
        ReasonCode.BadUserNameOrPassword => "User name or password is wrong",
        ReasonCode.NotAuthorized => "Not allowed for this client",
        ReasonCode.ServerUnavailable => "The server cannot serve this client now; come again later",
        ReasonCode.ServerBusy => "The connection cannot be served here for now; connect again",
        ReasonCode.BadAuthenticationMethod => "The authentication method is not supported",
        ReasonCode.KeepAliveTimeout => "No packet came for one and a half times the keep-alive",
        ReasonCode.AdministrativeAction => "An administrator has ended the connection",
        ReasonCode.SessionTakenOver => "Another connection of this client identifier has taken over the session",
        ReasonCode.TopicNameInvalid => "The will's topic is longer or deeper than this server accepts",
        ReasonCode.QuotaExceeded => "A limit of this server is reached",
        ReasonCode.PayloadFormatInvalid => NotUtf8,
        ReasonCode.RetainNotSupported => "This server retains no messages",
        ReasonCode.QoSNotSupported => "The QoS is above the maximum of this server",
        _ => null,
    };

    /// <summary>The encoded properties of a refusing PUBACK, PUBREC, PUBREL or PUBCOMP; empty where there is nothing to add to the code.</summary>
    public static ReadOnlySpan<byte> OfAcknowledgement(ReasonCode reason) => Acknowledgements[(int)reason];

    /// <summary>Of a SUBACK or UNSUBACK: names the first filter that was refused; null when none was.</summary>
    public static string? OfFilters(IReadOnlyList<ReasonCode> reasons)
    {
        for (var i = 0; i < reasons.Count; i++)
        {
            if (reasons[i] >= ReasonCode.UnspecifiedError)
                return TextOfFilter(reasons[i]) is { } text ? $"Filter {i + 1}: {text}" : null;
        }

        return null;
    }

    internal const string NotUtf8 = "The payload is not UTF-8, although its Payload Format Indicator says so";

    private static string? TextOfFilter(ReasonCode reason) => reason switch
    {
        ReasonCode.ImplementationSpecificError => "not all parts of the cluster that it concerns could be reached in time",
        ReasonCode.NotAuthorized => "the client may not subscribe to it",
        ReasonCode.TopicFilterInvalid => "not a valid topic filter, or one longer or deeper than this server accepts",
        ReasonCode.QuotaExceeded => "the session has as many subscriptions as it may have",
        _ => null,
    };

    private static string? TextOfAcknowledgement(ReasonCode reason) => reason switch
    {
        ReasonCode.ImplementationSpecificError => "The message could not be taken in time",
        ReasonCode.NotAuthorized => "The client may not publish to this topic",
        ReasonCode.PacketIdentifierNotFound => "No message of this packet identifier is in flight",
        ReasonCode.QuotaExceeded => "A subscriber's queue or the store for it has no room",
        ReasonCode.PayloadFormatInvalid => NotUtf8,
        _ => null,
    };

    private static byte[][] CreateAcknowledgements()
    {
        var encoded = new byte[byte.MaxValue + 1][];
        for (var reason = 0; reason < encoded.Length; reason++)
        {
            var text = TextOfAcknowledgement((ReasonCode)reason);
            encoded[reason] = text is null ? [] : AckPacket.EncodeProperties(text, []);
        }

        return encoded;
    }
}
