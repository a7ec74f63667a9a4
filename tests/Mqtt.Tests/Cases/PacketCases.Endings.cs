using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Mqtt.Tests.Cases;

/// <content>DISCONNECT and AUTH.</content>
internal static partial class PacketCases
{
    private static IEnumerable<PacketCase> Endings() => [.. Disconnects(), .. Auths()];

    private static IEnumerable<PacketCase> Disconnects()
    {
        const PacketSender server = PacketSender.Server;
        return
        [
            .. Good("DISCONNECT", EveryVersion, 0xE0, "", new DisconnectPacket()),
            .. Good("DISCONNECT with explicit code", V5, 0xE0, "00", new DisconnectPacket(), back: false),
            .. Good("DISCONNECT with explicit code and no properties", V5, 0xE0, "00 00", new DisconnectPacket(), back: false),
            .. Good("DISCONNECT with will", V5, 0xE0, "04", new DisconnectPacket { ReasonCode = ReasonCode.DisconnectWithWillMessage }),
            .. Good("DISCONNECT with properties", V5, 0xE0, "00 10 11 0000000A 1F 0001'r' 26 0001'k' 0001'v'",
                new DisconnectPacket { SessionExpiryIntervalSeconds = 10, ReasonString = "r", UserProperties = [new("k", "v")] }),
            .. Good("DISCONNECT of a server", V5, 0xE0, "8E", new DisconnectPacket { ReasonCode = ReasonCode.SessionTakenOver }, server),
            .. Good("DISCONNECT of a server with properties", V5, 0xE0, "9D 08 1F 0001'r' 1C 0001's'",
                new DisconnectPacket { ReasonCode = ReasonCode.ServerMoved, ReasonString = "r", ServerReference = "s" }, server),
            .. Bad("DISCONNECT with body", V3, 0xE0, "00", SpecViolation.TrailingBytes),
            .. Bad("DISCONNECT with bytes behind", V5, 0xE0, "00 00 00", SpecViolation.TrailingBytes),
            .. Bad("DISCONNECT with unknown code", V5, 0xE0, "03", SpecViolation.ReasonCodeNotAllowed),
            .. Bad("DISCONNECT of a client with a server's code", V5, 0xE0, "8E", SpecViolation.ReasonCodeNotAllowed),
            .. Bad("DISCONNECT of a server with a client's code", V5, 0xE0, "04", SpecViolation.ReasonCodeNotAllowed, server),
            .. Bad("DISCONNECT of a server with session expiry", V5, 0xE0, "00 05 11 00000001", SpecViolation.SessionExpiryFromServer, server),
            .. Bad("DISCONNECT of a client with server reference", V5, 0xE0, "00 04 1C 0001's'", SpecViolation.PropertyNotAllowed),
            .. Bad("DISCONNECT with reason string twice", V5, 0xE0, "00 06 1F 0000 1F 0000", SpecViolation.PropertyDuplicate),
            .. Bad("DISCONNECT with topic alias", V5, 0xE0, "00 03 23 0001", SpecViolation.PropertyNotAllowed),
        ];
    }

    private static IEnumerable<PacketCase> Auths() =>
    [
        .. Good("AUTH of a server", V5, 0xF0, "", new AuthPacket(), PacketSender.Server),
        .. Good("AUTH of a server that goes on", V5, 0xF0, "18 04 15 0001'm'",
            new AuthPacket { ReasonCode = ReasonCode.ContinueAuthentication, AuthenticationMethod = "m" }, PacketSender.Server),
        .. Good("AUTH of a server with success", V5, 0xF0, "00 0A 15 0001'm' 16 0003 010203",
            new AuthPacket { AuthenticationMethod = "m", AuthenticationData = [1, 2, 3] }, PacketSender.Server),
        .. Bad("AUTH of a client without body", V5, 0xF0, "", SpecViolation.ReasonCodeNotAllowed),
        .. Bad("AUTH of a client with success", V5, 0xF0, "00 04 15 0001'm'", SpecViolation.ReasonCodeNotAllowed),
        .. Bad("AUTH of a server that begins anew", V5, 0xF0, "19 04 15 0001'm'", SpecViolation.ReasonCodeNotAllowed, PacketSender.Server),
        .. Bad("AUTH with method twice", V5, 0xF0, "18 08 15 0001'm' 15 0001'm'", SpecViolation.PropertyDuplicate),
        .. Bad("AUTH with data twice", V5, 0xF0, "18 0A 15 0001'm' 16 0000 16 0000", SpecViolation.PropertyDuplicate),
        .. Bad("AUTH with reason string twice", V5, 0xF0, "18 0A 15 0001'm' 1F 0000 1F 0000", SpecViolation.PropertyDuplicate),
        .. Bad("AUTH with data alone", V5, 0xF0, "18 03 16 0000", SpecViolation.AuthenticationMethodMissing),
        .. Good("AUTH that goes on", V5, 0xF0, "18 0A 15 0001'm' 16 0003 010203",
            new AuthPacket { ReasonCode = ReasonCode.ContinueAuthentication, AuthenticationMethod = "m", AuthenticationData = [1, 2, 3] }),
        .. Good("AUTH with all properties", V5, 0xF0, "19 0F 15 0001'm' 1F 0001'r' 26 0001'k' 0001'v'",
            new AuthPacket
            {
                ReasonCode = ReasonCode.ReAuthenticate,
                AuthenticationMethod = "m",
                ReasonString = "r",
                UserProperties = [new("k", "v")],
            }),
        .. Bad("AUTH without method", V5, 0xF0, "18 00", SpecViolation.AuthenticationMethodMissing),
        .. Bad("AUTH without properties", V5, 0xF0, "18", SpecViolation.PacketTruncated),
        .. Bad("AUTH with unknown code", V5, 0xF0, "01 04 15 0001'm'", SpecViolation.ReasonCodeNotAllowed),
        .. Bad("AUTH with bytes behind", V5, 0xF0, "18 04 15 0001'm' 00", SpecViolation.TrailingBytes),
        .. Bad("AUTH with session expiry", V5, 0xF0, "18 05 11 00000000", SpecViolation.PropertyNotAllowed),
    ];
}
