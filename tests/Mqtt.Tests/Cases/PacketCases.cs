using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Mqtt.Tests.Cases;

/// <summary>The shared table of packets.</summary>
internal static partial class PacketCases
{
    private static readonly ProtocolVersion[] V31 = [ProtocolVersion.Mqtt31];
    private static readonly ProtocolVersion[] V311 = [ProtocolVersion.Mqtt311];
    private static readonly ProtocolVersion[] V3 = [ProtocolVersion.Mqtt31, ProtocolVersion.Mqtt311];
    private static readonly ProtocolVersion[] V5 = [ProtocolVersion.Mqtt5];
    private static readonly ProtocolVersion[] Since311 = [ProtocolVersion.Mqtt311, ProtocolVersion.Mqtt5];
    private static readonly ProtocolVersion[] EveryVersion = [ProtocolVersion.Mqtt31, ProtocolVersion.Mqtt311, ProtocolVersion.Mqtt5];

    public static IReadOnlyList<PacketCase> All { get; } =
        [.. Frames(), .. Connects(), .. ConnAcks(), .. Publishes(), .. Acks(), .. Subscribes(), .. Unsubscribes(), .. Endings()];

    public static TheoryData<string> Names(Func<PacketCase, bool> condition)
    {
        var names = new TheoryData<string>();
        foreach (var packetCase in All)
        {
            if (condition(packetCase))
                names.Add(packetCase.ToString());
        }

        return names;
    }

    public static PacketCase Named(string name) => All.Single(packetCase => packetCase.ToString() == name);

    private static IEnumerable<PacketCase> Good(
        string name, ProtocolVersion[] versions, int firstByte, string body, object expected, PacketSender sender = PacketSender.Client, bool back = true) =>
        versions.Select(version => new PacketCase(name, version, sender, Wire.Packet(firstByte, body), expected, SpecViolation.None, back));

    private static IEnumerable<PacketCase> Bad(
        string name, ProtocolVersion[] versions, int firstByte, string body, SpecViolation violation, PacketSender sender = PacketSender.Client) =>
        versions.Select(version => new PacketCase(name, version, sender, Wire.Packet(firstByte, body), null, violation, EncodesBack: false));

    private static IEnumerable<PacketCase> BadFrame(string name, ProtocolVersion[] versions, string bytes, SpecViolation violation) =>
        versions.Select(version => new PacketCase(name, version, PacketSender.Client, Wire.Bytes(bytes), null, violation, EncodesBack: false));

    private static IEnumerable<PacketCase> Frames() =>
    [
        .. Good("PINGREQ", EveryVersion, 0xC0, "", new PingValue(PacketType.PingReq)),
        .. Good("PINGRESP", EveryVersion, 0xD0, "", new PingValue(PacketType.PingResp), PacketSender.Server),
        .. Bad("PINGREQ with a body", EveryVersion, 0xC0, "00", SpecViolation.TrailingBytes),
        .. BadFrame("packet type 0", EveryVersion, "00", SpecViolation.PacketTypeInvalid),
        .. BadFrame("AUTH before 5.0", V3, "F0", SpecViolation.PacketTypeInvalid),
        .. BadFrame("CONNECT with flags", EveryVersion, "11", SpecViolation.FixedHeaderFlags),
        .. BadFrame("CONNACK with flags", EveryVersion, "28", SpecViolation.FixedHeaderFlags),
        .. BadFrame("PUBACK with flags", EveryVersion, "42", SpecViolation.FixedHeaderFlags),
        .. BadFrame("PUBREL without its flag", EveryVersion, "60", SpecViolation.FixedHeaderFlags),
        .. BadFrame("PUBREL with DUP", Since311, "6A", SpecViolation.FixedHeaderFlags),
        .. BadFrame("SUBSCRIBE without its flag", EveryVersion, "80", SpecViolation.FixedHeaderFlags),
        .. BadFrame("SUBSCRIBE with RETAIN", EveryVersion, "83", SpecViolation.FixedHeaderFlags),
        .. BadFrame("UNSUBSCRIBE without its flag", EveryVersion, "A0", SpecViolation.FixedHeaderFlags),
        .. BadFrame("PINGREQ with flags", EveryVersion, "C1", SpecViolation.FixedHeaderFlags),
        .. BadFrame("DISCONNECT with flags", EveryVersion, "E2", SpecViolation.FixedHeaderFlags),
        .. BadFrame("AUTH with flags", V5, "F4", SpecViolation.FixedHeaderFlags),
        .. BadFrame("five bytes of remaining length", EveryVersion, "30 80808080", SpecViolation.VariableByteIntegerTooLong),
        .. BadFrame("padded remaining length", V5, "C0 8000", SpecViolation.VariableByteIntegerPadded),
        .. BadFrame("larger than the maximum", EveryVersion, "30 FDFF3F", SpecViolation.PacketTooLarge),
        .. BadFrame("largest that MQTT knows", EveryVersion, "30 FFFFFF7F", SpecViolation.PacketTooLarge),
        .. V3.Select(version => new PacketCase(
            "padded remaining length", version, PacketSender.Client, [0xC0, 0x80, 0x00], new PingValue(PacketType.PingReq), SpecViolation.None, EncodesBack: false)),
    ];
}
