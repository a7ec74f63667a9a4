using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Mqtt.Tests.Cases;

internal static partial class PacketCases
{
    private static IEnumerable<PacketCase> ConnAcks()
    {
        var all = new ConnAckPacket
        {
            SessionPresent = true,
            SessionExpiryIntervalSeconds = 0,
            ReceiveMaximum = 5,
            MaximumQoS = QoS.AtLeastOnce,
            RetainAvailable = false,
            MaximumPacketSize = 256,
            AssignedClientId = "id",
            TopicAliasMaximum = 7,
            ReasonString = "r",
            UserProperties = [new("k", "v")],
            WildcardSubscriptionAvailable = false,
            SubscriptionIdentifiersAvailable = false,
            SharedSubscriptionAvailable = false,
            ServerKeepAliveSeconds = 0,
            ResponseInformation = "i",
            ServerReference = "s",
            AuthenticationMethod = "m",
            AuthenticationData = [1],
        };
        const string allProperties =
            "11 00000000 21 0005 24 01 25 00 27 00000100 12 0002'id' 22 0007 1F 0001'r' 26 0001'k' 0001'v' "
            + "28 00 29 00 2A 00 13 0000 1A 0001'i' 1C 0001's' 15 0001'm' 16 0001 01";
        const PacketSender server = PacketSender.Server;
        return
        [
            .. Good("CONNACK", V3, 0x20, "00 00", new ConnAckPacket(), server),
            .. Good("CONNACK with session", V311, 0x20, "01 00", new ConnAckPacket { SessionPresent = true }, server),
            .. Good("CONNACK refusing the version", V3, 0x20, "00 01", Refused(ReasonCode.UnsupportedProtocolVersion), server),
            .. Good("CONNACK refusing the identifier", V3, 0x20, "00 02", Refused(ReasonCode.ClientIdentifierNotValid), server),
            .. Good("CONNACK of an unavailable server", V3, 0x20, "00 03", Refused(ReasonCode.ServerUnavailable), server),
            .. Good("CONNACK refusing the password", V3, 0x20, "00 04", Refused(ReasonCode.BadUserNameOrPassword), server),
            .. Good("CONNACK refusing the client", V3, 0x20, "00 05", Refused(ReasonCode.NotAuthorized), server),
            .. Good("CONNACK", V5, 0x20, "00 00 00", new ConnAckPacket(), server),
            .. Good("CONNACK refusing the password", V5, 0x20, "00 86 00", Refused(ReasonCode.BadUserNameOrPassword), server),
            .. Good("CONNACK with all properties", V5, 0x20, "01 00 3D " + allProperties, all, server),
            .. Bad("CONNACK with reserved flags", EveryVersion, 0x20, "02 00 00", SpecViolation.ConnAckFlagsInvalid, server),
            .. Bad("CONNACK refusing with session", V311, 0x20, "01 05", SpecViolation.SessionPresentWithFailure, server),
            .. Bad("CONNACK refusing with session", V5, 0x20, "01 87 00", SpecViolation.SessionPresentWithFailure, server),
            .. Bad("CONNACK with return code 6", V3, 0x20, "00 06", SpecViolation.ReasonCodeNotAllowed, server),
            .. Bad("CONNACK with a reason code of SUBACK", V5, 0x20, "00 8F 00", SpecViolation.ReasonCodeNotAllowed, server),
            .. Bad("CONNACK with maximum QoS 2", V5, 0x20, "00 00 02 24 02", SpecViolation.MaximumQoSInvalid, server),
            .. Bad("CONNACK with retain available 2", V5, 0x20, "00 00 02 25 02", SpecViolation.PropertyNotBoolean, server),
            .. Bad("CONNACK with authentication data alone", V5, 0x20, "00 00 03 16 0000", SpecViolation.AuthenticationDataWithoutMethod, server),
            .. Bad("CONNACK with bytes behind", V3, 0x20, "00 00 00", SpecViolation.TrailingBytes, server),
            .. Bad("CONNACK that is cut", EveryVersion, 0x20, "00", SpecViolation.PacketTruncated, server),
        ];
    }

    private static ConnAckPacket Refused(ReasonCode code) => new() { ReasonCode = code };
}
