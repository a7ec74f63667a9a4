using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Mqtt.Tests.Cases;

internal static partial class PacketCases
{
    private static SubscriptionRequest Request(
        string filter, QoS qos = QoS.AtMostOnce, bool noLocal = false, bool retainAsPublished = false, RetainHandling retain = RetainHandling.SendAtSubscribe) =>
        new(filter, qos, noLocal, retainAsPublished, retain) { Filter = TopicFilter.Parse(filter) };

    private static SubscribePacket Subscribe(params SubscriptionRequest[] requests) => new() { PacketIdentifier = 10, Requests = requests };

    private static SubscribePacket SubscribeRefused(string filter, SpecViolation violation) =>
        Subscribe(new SubscriptionRequest(filter, QoS.AtLeastOnce) { FilterViolation = violation });

    private static IEnumerable<PacketCase> Subscribes() => [.. GoodSubscribes(), .. RefusedFilters(), .. BadSubscribes(), .. SubAcks()];

    private static IEnumerable<PacketCase> GoodSubscribes() =>
    [
        .. Good("SUBSCRIBE", V3, 0x82, "000A 0003'a/b' 01", Subscribe(Request("a/b", QoS.AtLeastOnce))),
        .. Good("SUBSCRIBE", V5, 0x82, "000A 00 0003'a/b' 01", Subscribe(Request("a/b", QoS.AtLeastOnce))),
        .. Good("SUBSCRIBE again", V31, 0x8A, "000A 0003'a/b' 01", Subscribe(Request("a/b", QoS.AtLeastOnce)), back: false),
        .. Good("SUBSCRIBE to several", V3, 0x82, "000A 0001'#' 00 0003'a/+' 01 0001'+' 02 0001'/' 00 0004'+/+/' 00",
            Subscribe(Request("#"), Request("a/+", QoS.AtLeastOnce), Request("+", QoS.ExactlyOnce), Request("/"), Request("+/+/"))),
        .. Good("SUBSCRIBE to a share", V3, 0x82, "000A 000E'$share/g/a/+/#' 01", Subscribe(Request("$share/g/a/+/#", QoS.AtLeastOnce))),
        .. Good("SUBSCRIBE to a filter that only begins like a share", V3, 0x82, "000A 0006'$share' 00", Subscribe(Request("$share"))),
        .. Good("SUBSCRIBE with all options", V5, 0x82, "000A 00 0001'a' 2E 0001'b' 10",
            Subscribe(Request("a", QoS.ExactlyOnce, true, true, RetainHandling.DoNotSend), Request("b", retain: RetainHandling.SendIfNewSubscription))),
        .. Good("SUBSCRIBE with all properties", V5, 0x82, "000A 0B 0B FFFF7F 26 0001'k' 0001'v' 0001'a' 00",
            Subscribe(Request("a")) with { SubscriptionIdentifier = 0x1FFFFF, UserProperties = [new("k", "v")] }),
    ];

    private static IEnumerable<PacketCase> RefusedFilters() =>
    [
        .. Good("SUBSCRIBE to nothing", V3, 0x82, "000A 0000 01", SubscribeRefused("", SpecViolation.TopicFilterEmpty)),
        .. Good("SUBSCRIBE to # in the middle", V3, 0x82, "000A 0005'a/#/b' 01", SubscribeRefused("a/#/b", SpecViolation.MultiLevelWildcardMisplaced)),
        .. Good("SUBSCRIBE to # in a level", V5, 0x82, "000A 00 0002'a#' 01", SubscribeRefused("a#", SpecViolation.MultiLevelWildcardMisplaced)),
        .. Good("SUBSCRIBE to + in a level", V3, 0x82, "000A 0004'a/b+' 01", SubscribeRefused("a/b+", SpecViolation.SingleLevelWildcardMisplaced)),
        .. Good("SUBSCRIBE to + before text", V5, 0x82, "000A 00 0002'+a' 01", SubscribeRefused("+a", SpecViolation.SingleLevelWildcardMisplaced)),
        .. Good("SUBSCRIBE to 129 levels", V3, 0x82, "000A 0080'" + new string('/', 128) + "' 01",
            SubscribeRefused(new string('/', 128), SpecViolation.TopicFilterTooManyLevels)),
        .. Good("SUBSCRIBE to a share without name", V5, 0x82, "000A 00 0009'$share//a' 01", SubscribeRefused("$share//a", SpecViolation.ShareNameEmpty)),
        .. Good("SUBSCRIBE to a share with wildcard", V5, 0x82, "000A 00 000A'$share/+/a' 01", SubscribeRefused("$share/+/a", SpecViolation.ShareNameInvalid)),
        .. Good("SUBSCRIBE to a share without filter", V5, 0x82, "000A 00 0009'$share/g/' 01", SubscribeRefused("$share/g/", SpecViolation.SharedFilterMissing)),
        .. Good("SUBSCRIBE to a share without separator", V3, 0x82, "000A 0008'$share/g' 01", SubscribeRefused("$share/g", SpecViolation.SharedFilterMissing)),
        .. Good("SUBSCRIBE to a valid filter behind an invalid one", V5, 0x82, "000A 00 0002'a#' 01 0001'a' 02",
            Subscribe(SubscribeRefused("a#", SpecViolation.MultiLevelWildcardMisplaced).Requests[0], Request("a", QoS.ExactlyOnce))),
    ];

    private static IEnumerable<PacketCase> BadSubscribes() =>
    [
        .. Bad("SUBSCRIBE of identifier 0", V3, 0x82, "0000 0001'a' 00", SpecViolation.PacketIdentifierZero),
        .. Bad("SUBSCRIBE without filters", V3, 0x82, "000A", SpecViolation.SubscribeEmpty),
        .. Bad("SUBSCRIBE without filters", V5, 0x82, "000A 00", SpecViolation.SubscribeEmpty),
        .. Bad("SUBSCRIBE without identifier", EveryVersion, 0x82, "", SpecViolation.PacketTruncated),
        .. Bad("SUBSCRIBE without options", V3, 0x82, "000A 0001'a'", SpecViolation.PacketTruncated),
        .. Bad("SUBSCRIBE that ends in the second filter", V3, 0x82, "000A 0001'a' 00 00", SpecViolation.PacketTruncated),
        .. Bad("SUBSCRIBE with QoS 3", V3, 0x82, "000A 0001'a' 03", SpecViolation.SubscriptionQoSInvalid),
        .. Bad("SUBSCRIBE with QoS 3", V5, 0x82, "000A 00 0001'a' 03", SpecViolation.SubscriptionQoSInvalid),
        .. Bad("SUBSCRIBE with options of 5.0", V3, 0x82, "000A 0001'a' 04", SpecViolation.SubscriptionOptionsInvalid),
        .. Bad("SUBSCRIBE with reserved options", V5, 0x82, "000A 00 0001'a' 40", SpecViolation.SubscriptionOptionsInvalid),
        .. Bad("SUBSCRIBE with retain handling 3", V5, 0x82, "000A 00 0001'a' 30", SpecViolation.RetainHandlingInvalid),
        .. Bad("SUBSCRIBE to a share with no local", V5, 0x82, "000A 00 000A'$share/g/a' 04", SpecViolation.NoLocalOnSharedSubscription),
        .. Bad("SUBSCRIBE to broken UTF-8", V3, 0x82, "000A 0001 FF 00", SpecViolation.IllFormedUtf8),
        .. Bad("SUBSCRIBE to NUL", V3, 0x82, "000A 0001 00 00", SpecViolation.NullCharacter),
        .. Bad("SUBSCRIBE with subscription identifier 0", V5, 0x82, "000A 02 0B 00 0001'a' 00", SpecViolation.SubscriptionIdentifierZero),
        .. Bad("SUBSCRIBE with subscription identifier twice", V5, 0x82, "000A 04 0B 01 0B 01 0001'a' 00", SpecViolation.PropertyDuplicate),
        .. Bad("SUBSCRIBE with five bytes of subscription identifier", V5, 0x82,
            "000A 06 0B 8080808001 0001'a' 00", SpecViolation.VariableByteIntegerTooLong),
        .. Bad("SUBSCRIBE with reason string", V5, 0x82, "000A 03 1F 0000 0001'a' 00", SpecViolation.PropertyNotAllowed),
    ];

    private static IEnumerable<PacketCase> SubAcks()
    {
        var granted = new SubAckPacket
        {
            PacketIdentifier = 10,
            ReasonCodes = [ReasonCode.GrantedQoS0, ReasonCode.GrantedQoS1, ReasonCode.GrantedQoS2, ReasonCode.UnspecifiedError],
        };
        const PacketSender server = PacketSender.Server;
        return
        [
            .. Good("SUBACK", V3, 0x90, "000A 00010280", granted, server),
            .. Good("SUBACK", V5, 0x90, "000A 00 00010280", granted, server),
            .. Good("SUBACK with properties", V5, 0x90, "000A 0B 1F 0001'r' 26 0001'k' 0001'v' 8F",
                new SubAckPacket
                {
                    PacketIdentifier = 10,
                    ReasonCodes = [ReasonCode.TopicFilterInvalid],
                    ReasonString = "r",
                    UserProperties = [new("k", "v")],
                }, server),
            .. Bad("SUBACK without codes", V3, 0x90, "000A", SpecViolation.PacketTruncated, server),
            .. Bad("SUBACK without codes", V5, 0x90, "000A 00", SpecViolation.PacketTruncated, server),
            .. Bad("SUBACK with a code of 5.0", V3, 0x90, "000A 87", SpecViolation.ReasonCodeNotAllowed, server),
            .. Bad("SUBACK with unknown code", V5, 0x90, "000A 00 03", SpecViolation.ReasonCodeNotAllowed, server),
        ];
    }
}
