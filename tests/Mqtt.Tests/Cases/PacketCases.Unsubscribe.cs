using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Mqtt.Tests.Cases;

internal static partial class PacketCases
{
    private static UnsubscriptionRequest Unrequest(string filter) => new(filter) { Filter = TopicFilter.Parse(filter) };

    private static IEnumerable<PacketCase> Unsubscribes()
    {
        var two = new UnsubscribePacket { PacketIdentifier = 10, Requests = [Unrequest("a/#"), Unrequest("$share/g/b")] };
        var invalid = new UnsubscribePacket
        {
            PacketIdentifier = 10,
            Requests = [new("a#") { FilterViolation = SpecViolation.MultiLevelWildcardMisplaced }, Unrequest("a")],
        };
        return
        [
            .. Good("UNSUBSCRIBE", V3, 0xA2, "000A 0003'a/#' 000A'$share/g/b'", two),
            .. Good("UNSUBSCRIBE again", V31, 0xAA, "000A 0003'a/#' 000A'$share/g/b'", two, back: false),
            .. Good("UNSUBSCRIBE", V5, 0xA2, "000A 00 0003'a/#' 000A'$share/g/b'", two),
            .. Good("UNSUBSCRIBE with user property", V5, 0xA2, "000A 07 26 0001'k' 0001'v' 0003'a/#' 000A'$share/g/b'",
                two with { UserProperties = [new("k", "v")] }),
            .. Good("UNSUBSCRIBE from an invalid filter", V5, 0xA2, "000A 00 0002'a#' 0001'a'", invalid),
            .. Bad("UNSUBSCRIBE of identifier 0", V3, 0xA2, "0000 0001'a'", SpecViolation.PacketIdentifierZero),
            .. Bad("UNSUBSCRIBE without filters", V3, 0xA2, "000A", SpecViolation.UnsubscribeEmpty),
            .. Bad("UNSUBSCRIBE without filters", V5, 0xA2, "000A 00", SpecViolation.UnsubscribeEmpty),
            .. Bad("UNSUBSCRIBE from broken UTF-8", V3, 0xA2, "000A 0001 80", SpecViolation.IllFormedUtf8),
            .. Bad("UNSUBSCRIBE that ends in the filter", V3, 0xA2, "000A 0002'a'", SpecViolation.PacketTruncated),
            .. Bad("UNSUBSCRIBE with subscription identifier", V5, 0xA2, "000A 02 0B 01 0001'a'", SpecViolation.PropertyNotAllowed),
            .. UnsubAcks(),
        ];
    }

    private static IEnumerable<PacketCase> UnsubAcks()
    {
        const PacketSender server = PacketSender.Server;
        var two = new UnsubAckPacket { PacketIdentifier = 10, ReasonCodes = [ReasonCode.Success, ReasonCode.NoSubscriptionExisted] };
        return
        [
            .. Good("UNSUBACK", V3, 0xB0, "000A", new UnsubAckPacket { PacketIdentifier = 10 }, server),
            .. Good("UNSUBACK", V5, 0xB0, "000A 00 0011", two, server),
            .. Good("UNSUBACK with properties", V5, 0xB0, "000A 0B 1F 0001'r' 26 0001'k' 0001'v' 0011",
                two with { ReasonString = "r", UserProperties = [new("k", "v")] }, server),
            .. Bad("UNSUBACK with codes", V3, 0xB0, "000A 00", SpecViolation.TrailingBytes, server),
            .. Bad("UNSUBACK without codes", V5, 0xB0, "000A 00", SpecViolation.PacketTruncated, server),
            .. Bad("UNSUBACK with unknown code", V5, 0xB0, "000A 00 01", SpecViolation.ReasonCodeNotAllowed, server),
        ];
    }
}
