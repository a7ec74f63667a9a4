using System.Buffers;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Mqtt.Reasons;

/// <summary>Which reason codes a packet may carry, and their counterparts in 3.x.</summary>
public static class ReasonCodes
{
    /// <summary>The one failure code of a 3.1.1 SUBACK (MQTT311 section 3.9.3); it says the same to a 3.1 client, which knows none.</summary>
    public const ReasonCode SubAckFailure = ReasonCode.UnspecifiedError;

    private static readonly SearchValues<byte> ConnAck = Set(
        0x00, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x8C, 0x90, 0x95, 0x97, 0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9F);

    private static readonly SearchValues<byte> PubAckOrPubRec = Set(0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99);
    private static readonly SearchValues<byte> PubRelOrPubComp = Set(0x00, 0x92);
    private static readonly SearchValues<byte> SubAck = Set(0x00, 0x01, 0x02, 0x80, 0x83, 0x87, 0x8F, 0x91, 0x97, 0x9E, 0xA1, 0xA2);
    private static readonly SearchValues<byte> SubAck3 = Set(0x00, 0x01, 0x02, 0x80);
    private static readonly SearchValues<byte> UnsubAck = Set(0x00, 0x11, 0x80, 0x83, 0x87, 0x8F, 0x91);

    private static readonly SearchValues<byte> ClientDisconnect = Set(
        0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99);

    private static readonly SearchValues<byte> ServerDisconnect = Set(
        0x00, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8B, 0x8D, 0x8E, 0x8F, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99,
        0x9A, 0x9B, 0x9C, 0x9D, 0x9E, 0x9F, 0xA0, 0xA1, 0xA2);

    private static readonly SearchValues<byte> ClientAuth = Set(0x18, 0x19);
    private static readonly SearchValues<byte> ServerAuth = Set(0x00, 0x18);
    private static readonly SearchValues<byte> None = Set();

    /// <summary>The tables of MQTT5 sections 3.2.2.2, 3.4.2.1 to 3.7.2.1, 3.9.3, 3.11.3, 3.14.2.1 and 3.15.2.1.</summary>
    public static bool IsAllowed(ReasonCode code, PacketType type, ProtocolVersion version, PacketSender sender) =>
        SetOf(type, version, sender).Contains((byte)code);

    /// <summary>
    /// The return code of a 3.x CONNACK: 0 accepted, 1 protocol version, 2 identifier, 3 server unavailable, 4 bad user name or password, 5 not authorized
    /// (MQTT311 section 3.2.2.3). What has no counterpart becomes 3, which asks the client to come again later.
    /// </summary>
    public static byte ToReturnCode(ReasonCode code) => code switch
    {
        ReasonCode.Success => 0,
        ReasonCode.UnsupportedProtocolVersion => 1,
        ReasonCode.ClientIdentifierNotValid => 2,
        ReasonCode.BadUserNameOrPassword or ReasonCode.BadAuthenticationMethod => 4,
        ReasonCode.NotAuthorized or ReasonCode.Banned => 5,
        _ => 3,
    };

    /// <summary>The reverse of <see cref="ToReturnCode"/>.</summary>
    /// <returns>False for a return code above 5.</returns>
    internal static bool TryFromReturnCode(byte returnCode, out ReasonCode code)
    {
        code = returnCode switch
        {
            0 => ReasonCode.Success,
            1 => ReasonCode.UnsupportedProtocolVersion,
            2 => ReasonCode.ClientIdentifierNotValid,
            3 => ReasonCode.ServerUnavailable,
            4 => ReasonCode.BadUserNameOrPassword,
            _ => ReasonCode.NotAuthorized,
        };
        return returnCode <= 5;
    }

    private static SearchValues<byte> SetOf(PacketType type, ProtocolVersion version, PacketSender sender) => type switch
    {
        PacketType.ConnAck => ConnAck, // [MQTT5-3.2.2-8]
        PacketType.PubAck or PacketType.PubRec => PubAckOrPubRec, // [MQTT5-3.4.2-1] [MQTT5-3.5.2-1]
        PacketType.PubRel or PacketType.PubComp => PubRelOrPubComp, // [MQTT5-3.6.2-1] [MQTT5-3.7.2-1]
        PacketType.SubAck => version == ProtocolVersion.Mqtt5 ? SubAck : SubAck3, // [MQTT5-3.9.3-2] [MQTT311-3.9.3-2]
        PacketType.UnsubAck => UnsubAck, // [MQTT5-3.11.3-2]
        PacketType.Disconnect => sender == PacketSender.Client ? ClientDisconnect : ServerDisconnect, // [MQTT5-3.14.2-1]
        PacketType.Auth => sender == PacketSender.Client ? ClientAuth : ServerAuth, // [MQTT5-3.15.2-1]
        _ => None,
    };

    private static SearchValues<byte> Set(params ReadOnlySpan<byte> codes) => SearchValues.Create(codes);
}
