using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Mqtt.Tests.Cases;

internal static partial class PacketCases
{
    private static readonly (PacketType Type, int FirstByte, string Name)[] AckTypes =
    [
        (PacketType.PubAck, 0x40, "PUBACK"), (PacketType.PubRec, 0x50, "PUBREC"), (PacketType.PubRel, 0x62, "PUBREL"), (PacketType.PubComp, 0x70, "PUBCOMP"),
    ];

    private static IEnumerable<PacketCase> Acks() => [.. AckTypes.SelectMany(ack => AcksOf(ack.Type, ack.FirstByte, ack.Name)), .. AcksOfOneType()];

    private static IEnumerable<PacketCase> AcksOf(PacketType type, int first, string name)
    {
        var failure = type is PacketType.PubAck or PacketType.PubRec ? ReasonCode.QuotaExceeded : ReasonCode.PacketIdentifierNotFound;
        var code = ((int)failure).ToString("X2");
        return
        [
            .. Good(name, EveryVersion, first, "1234", new AckValue(type, 0x1234)),
            .. Good($"{name} with failure", V5, first, "1234" + code, new AckValue(type, 0x1234, failure)),
            .. Good($"{name} with explicit success", V5, first, "1234 00", new AckValue(type, 0x1234), back: false),
            .. Good($"{name} with explicit success and no properties", V5, first, "1234 00 00", new AckValue(type, 0x1234), back: false),
            .. Good($"{name} with properties", V5, first, "1234" + code + "0B 1F 0001'r' 26 0001'k' 0001'v'",
                new AckValue(type, 0x1234, failure, "r") { UserProperties = [new("k", "v")] }),
            .. Good($"{name} with success and reason string", V5, first, "1234 00 03 1F 0000", new AckValue(type, 0x1234, ReasonString: "")),
            .. Bad($"{name} of identifier 0", EveryVersion, first, "0000", SpecViolation.PacketIdentifierZero),
            .. Bad($"{name} that is empty", EveryVersion, first, "", SpecViolation.PacketTruncated),
            .. Bad($"{name} that is cut", EveryVersion, first, "12", SpecViolation.PacketTruncated),
            .. Bad($"{name} with code", V3, first, "1234 00", SpecViolation.TrailingBytes),
            .. Bad($"{name} with bytes behind", V5, first, "1234 00 00 00", SpecViolation.TrailingBytes),
            .. Bad($"{name} with unknown code", V5, first, "1234 7F", SpecViolation.ReasonCodeNotAllowed),
            .. Bad($"{name} with reason string twice", V5, first, "1234 00 06 1F 0000 1F 0000", SpecViolation.PropertyDuplicate),
            .. Bad($"{name} with content type", V5, first, "1234 00 03 03 0000", SpecViolation.PropertyNotAllowed),
            .. Bad($"{name} with properties beyond the end", V5, first, "1234 00 04 1F 0000", SpecViolation.PacketTruncated),
        ];
    }

    private static IEnumerable<PacketCase> AcksOfOneType() =>
    [
        .. Good("PUBACK without subscribers", V5, 0x40, "0001 10", new AckValue(PacketType.PubAck, 1, ReasonCode.NoMatchingSubscribers)),
        .. Good("PUBREL again", V31, 0x6A, "1234", new AckValue(PacketType.PubRel, 0x1234), back: false),
        .. Bad("PUBREL with a code of PUBACK", V5, 0x62, "0001 10", SpecViolation.ReasonCodeNotAllowed),
        .. Bad("PUBACK with a code of PUBREL", V5, 0x40, "0001 92", SpecViolation.ReasonCodeNotAllowed),
    ];
}
