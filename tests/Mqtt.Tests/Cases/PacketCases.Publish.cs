using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Mqtt.Tests.Cases;

internal static partial class PacketCases
{
    private static IEnumerable<PacketCase> Publishes() => [.. GoodPublishes(), .. BadPublishes()];

    private static IEnumerable<PacketCase> GoodPublishes()
    {
        var plain = new PublishValue { Topic = "a/b", Payload = [1, 2] };
        var once = plain with { QoS = QoS.AtLeastOnce, PacketIdentifier = 10 };
        var forwarded = new MessageProperties
        {
            PayloadIsUtf8 = true,
            ContentType = "t",
            ResponseTopic = "r/s",
            CorrelationData = [0, 1],
            UserProperties = [new("k", "1"), new("k", "2")],
        };
        var all = once with { TopicAlias = 7, MessageExpiryInterval = 9, Forwarded = forwarded };
        const string forwardedBytes = "01 01 03 0001't' 08 0003'r/s' 09 0002 0001 26 0001'k' 0001'1' 26 0001'k' 0001'2' ";
        var tooDeep = string.Join('/', Enumerable.Repeat("", 128));
        return
        [
            .. Good("PUBLISH", V3, 0x30, "0003'a/b' 0102", plain),
            .. Good("PUBLISH", V5, 0x30, "0003'a/b' 00 0102", plain),
            .. Good("PUBLISH of nothing, retained", V3, 0x31, "0003'a/b'", plain with { Payload = [], Retain = true }),
            .. Good("PUBLISH of QoS 1", V3, 0x32, "0003'a/b' 000A 0102", once),
            .. Good("PUBLISH of QoS 1", V5, 0x32, "0003'a/b' 000A 00 0102", once),
            .. Good("PUBLISH of QoS 2 again", V3, 0x3C, "0003'a/b' FFFF 0102",
                plain with { QoS = QoS.ExactlyOnce, PacketIdentifier = ushort.MaxValue, Dup = true }),
            .. Good("PUBLISH of QoS 0 with DUP", V31, 0x38, "0003'a/b' 0102", plain, back: false),
            .. Good("PUBLISH to a separator", V3, 0x30, "0001'/' 0102", plain with { Topic = "/" }),
            .. Good("PUBLISH to $SYS", V3, 0x30, "0005'$SYS/' 0102", plain with { Topic = "$SYS/" }),
            .. Good("PUBLISH with a byte order mark", V3, 0x30, "0003 EFBBBF 0102", plain with { Topic = "\uFEFF" }),
            .. Good("PUBLISH with four-byte characters", V3, 0x30, "0004 F09F9880 0102", plain with { Topic = "\U0001F600" }),
            .. Good("PUBLISH with 128 levels", V3, 0x30, "007F'" + tooDeep + "' 0102", plain with { Topic = tooDeep }),
            .. Good("PUBLISH with all properties", V5, 0x32, "0003'a/b' 000A 27 23 0007 02 00000009 " + forwardedBytes + "0102", all),
            .. Good("PUBLISH with properties in another order", V5, 0x32,
                "0003'a/b' 000A 27 01 01 02 00000009 03 0001't' 08 0003'r/s' 09 0002 0001 26 0001'k' 0001'1' 23 0007 26 0001'k' 0001'2' 0102",
                all, back: false),
            .. Good("PUBLISH with forwarded properties only", V5, 0x32, "0003'a/b' 000A 1F " + forwardedBytes + "0102", once with { Forwarded = forwarded }),
            .. Good("PUBLISH with an alias for a topic", V5, 0x30, "0000 03 23 0001 0102", plain with { Topic = "", TopicAlias = 1 }),
            .. Good("PUBLISH with expiry 0", V5, 0x30, "0003'a/b' 05 02 00000000 0102", plain with { MessageExpiryInterval = 0 }),
            .. Good("PUBLISH with empty properties present", V5, 0x30, "0003'a/b' 08 01 00 03 0000 09 0000 0102",
                plain with { Forwarded = new() { PayloadIsUtf8 = false, ContentType = "", CorrelationData = [] } }),
            .. Good("PUBLISH with subscription identifiers", V5, 0x30, "0003'a/b' 07 0B 01 0B FFFFFF7F 0102",
                plain with { SubscriptionIdentifiers = [1, 268_435_455] }, PacketSender.Server),
            .. Good("PUBLISH with subscription identifiers among others", V5, 0x30, "0003'a/b' 0A 0B 01 03 0001't' 0B 02 0B 02 0102",
                plain with { SubscriptionIdentifiers = [1, 2, 2], Forwarded = new() { ContentType = "t" } }, PacketSender.Server, back: false),
        ];
    }

    private static IEnumerable<PacketCase> BadPublishes() =>
    [
        .. Bad("PUBLISH of QoS 3", EveryVersion, 0x36, "0001'a' 0001 00", SpecViolation.PublishQoSInvalid),
        .. Bad("PUBLISH of QoS 0 with DUP", Since311, 0x38, "0001'a' 00", SpecViolation.DupWithQoS0),
        .. Bad("PUBLISH of QoS 1 with identifier 0", EveryVersion, 0x32, "0001'a' 0000 00", SpecViolation.PacketIdentifierZero),
        .. Bad("PUBLISH of QoS 1 without identifier", EveryVersion, 0x32, "0001'a'", SpecViolation.PacketTruncated),
        .. Bad("PUBLISH without topic", EveryVersion, 0x30, "", SpecViolation.PacketTruncated),
        .. Bad("PUBLISH that ends in the topic", EveryVersion, 0x30, "0005'a/b'", SpecViolation.PacketTruncated),
        .. Bad("PUBLISH to nothing", V3, 0x30, "0000", SpecViolation.TopicNameEmpty),
        .. Bad("PUBLISH to nothing", V5, 0x30, "0000 00", SpecViolation.TopicNameAndAliasMissing),
        .. Bad("PUBLISH to #", V3, 0x30, "0003'a/#' 00", SpecViolation.TopicNameWildcard),
        .. Bad("PUBLISH to +", V5, 0x30, "0003'+/a' 00", SpecViolation.TopicNameWildcard),
        .. Bad("PUBLISH to NUL", EveryVersion, 0x30, "0002'a' 00 00", SpecViolation.NullCharacter),
        .. Bad("PUBLISH to broken UTF-8", EveryVersion, 0x30, "0002 C080 00", SpecViolation.IllFormedUtf8),
        .. Bad("PUBLISH to 129 levels", V3, 0x30, "0080'" + new string('/', 128) + "' 00", SpecViolation.TopicNameTooManyLevels),
        .. Bad("PUBLISH without property length", V5, 0x30, "0001'a'", SpecViolation.PacketTruncated),
        .. Bad("PUBLISH with properties beyond the end", V5, 0x30, "0001'a' 05 02 0000", SpecViolation.PacketTruncated),
        .. Bad("PUBLISH with padded property length", V5, 0x30, "0001'a' 8000", SpecViolation.VariableByteIntegerPadded),
        .. Bad("PUBLISH with payload format 2", V5, 0x30, "0001'a' 02 01 02", SpecViolation.PropertyNotBoolean),
        .. Bad("PUBLISH with payload format twice", V5, 0x30, "0001'a' 04 01 01 01 01", SpecViolation.PropertyDuplicate),
        .. Bad("PUBLISH with expiry twice", V5, 0x30, "0001'a' 0A 02 00000001 02 00000001", SpecViolation.PropertyDuplicate),
        .. Bad("PUBLISH with content type twice", V5, 0x30, "0001'a' 06 03 0000 03 0000", SpecViolation.PropertyDuplicate),
        .. Bad("PUBLISH with response topic twice", V5, 0x30, "0001'a' 08 08 0001'r' 08 0001'r'", SpecViolation.PropertyDuplicate),
        .. Bad("PUBLISH with correlation data twice", V5, 0x30, "0001'a' 06 09 0000 09 0000", SpecViolation.PropertyDuplicate),
        .. Bad("PUBLISH with alias twice", V5, 0x30, "0001'a' 06 23 0001 23 0001", SpecViolation.PropertyDuplicate),
        .. Bad("PUBLISH with alias 0", V5, 0x30, "0001'a' 03 23 0000", SpecViolation.TopicAliasZero),
        .. Bad("PUBLISH with response topic #", V5, 0x30, "0001'a' 04 08 0001'#'", SpecViolation.ResponseTopicWildcard),
        .. Bad("PUBLISH with empty response topic", V5, 0x30, "0001'a' 03 08 0000", SpecViolation.TopicNameEmpty),
        .. Bad("PUBLISH with response topic that is cut", V5, 0x30, "0001'a' 03 08 0001", SpecViolation.PacketTruncated),
        .. Bad("PUBLISH with broken UTF-8 in the content type", V5, 0x30, "0001'a' 04 03 0001 FF", SpecViolation.IllFormedUtf8),
        .. Bad("PUBLISH with session expiry", V5, 0x30, "0001'a' 05 11 00000001", SpecViolation.PropertyNotAllowed),
        .. Bad("PUBLISH with unknown property", V5, 0x30, "0001'a' 02 2B 00", SpecViolation.PropertyUnknown),
        .. Bad("PUBLISH of a client with subscription identifier", V5, 0x30, "0001'a' 02 0B 01", SpecViolation.SubscriptionIdentifierFromClient),
        .. Bad("PUBLISH with subscription identifier 0", V5, 0x30, "0001'a' 02 0B 00", SpecViolation.SubscriptionIdentifierZero, PacketSender.Server),
        .. Bad("PUBLISH with padded subscription identifier", V5, 0x30, "0001'a' 03 0B 8100", SpecViolation.VariableByteIntegerPadded, PacketSender.Server),
    ];
}
