using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Mqtt.Tests.Cases;

internal static partial class PacketCases
{
    private const string Name31 = "0006'MQIsdp' 03 ";
    private const string Name311 = "0004'MQTT' 04 ";
    private const string Name5 = "0004'MQTT' 05 ";

    private static ConnectPacket Connect(ProtocolVersion version, string clientId = "c", bool cleanStart = true, ushort keepAlive = 60) => new()
    {
        Version = version,
        ClientId = clientId,
        CleanStart = cleanStart,
        KeepAliveSeconds = keepAlive,
        SessionExpiryIntervalSeconds = version != ProtocolVersion.Mqtt5 && !cleanStart ? uint.MaxValue : 0,
    };

    private static IEnumerable<PacketCase> Connects() => [.. GoodConnects3(), .. GoodConnects5(), .. BadConnects3(), .. BadConnects5()];

    private static IEnumerable<PacketCase> GoodConnects3()
    {
        var first31 = Connect(ProtocolVersion.Mqtt31);
        var first311 = Connect(ProtocolVersion.Mqtt311);
        var will = new WillPacket { Topic = TopicName.Parse("w/t"), Payload = [1, 2], QoS = QoS.AtLeastOnce, Retain = true };
        return
        [
            .. Good("CONNECT", V31, 0x10, Name31 + "02 003C 0001'c'", first31),
            .. Good("CONNECT", V311, 0x10, Name311 + "02 003C 0001'c'", first311),
            .. Good("CONNECT that keeps its session", V311, 0x10, Name311 + "00 003C 0001'c'", Connect(ProtocolVersion.Mqtt311, cleanStart: false)),
            .. Good("CONNECT without client identifier", V311, 0x10, Name311 + "02 003C 0000", Connect(ProtocolVersion.Mqtt311, "")),
            .. Good("CONNECT without keep-alive", V311, 0x10, Name311 + "02 0000 0001'c'", Connect(ProtocolVersion.Mqtt311, keepAlive: 0)),
            .. Good("CONNECT with long client identifier", V31, 0x10, Name31 + "02 003C 0018'abcdefghijklmnopqrstuvwx'",
                Connect(ProtocolVersion.Mqtt31, "abcdefghijklmnopqrstuvwx")),
            .. Good("CONNECT with will", V311, 0x10, Name311 + "2E 003C 0001'c' 0003'w/t' 0002 0102", first311 with { Will = will }),
            .. Good("CONNECT with will", V31, 0x10, Name31 + "2E 003C 0001'c' 0003'w/t' 0002 0102", first31 with { Will = will }),
            .. Good("CONNECT with empty will", V311, 0x10, Name311 + "16 003C 0001'c' 0001'w' 0000",
                first311 with { Will = new WillPacket { Topic = TopicName.Parse("w"), QoS = QoS.ExactlyOnce } }),
            .. Good("CONNECT with user name", V311, 0x10, Name311 + "82 003C 0001'c' 0005'usér'",
                first311 with { UserName = "usér" }),
            .. Good("CONNECT with user name and password", V311, 0x10, Name311 + "C2 003C 0001'c' 0001'u' 0003 00FF80",
                first311 with { UserName = "u", Password = [0, 0xFF, 0x80] }),
            .. Good("CONNECT with everything", V311, 0x10, Name311 + "EE 003C 0001'c' 0003'w/t' 0002 0102 0001'u' 0000",
                first311 with { Will = will, UserName = "u", Password = [] }),
            .. Good("CONNECT whose user name is missing", V31, 0x10, Name31 + "C2 003C 0001'c'", first31, back: false),
            .. Good("CONNECT whose password is missing", V31, 0x10, Name31 + "C2 003C 0001'c' 0001'u'", first31 with { UserName = "u" }, back: false),
            .. Good("CONNECT with unused flags", V31, 0x10, Name31 + "33 003C 0001'c'", first31, back: false),
        ];
    }

    private static IEnumerable<PacketCase> GoodConnects5()
    {
        var first = Connect(ProtocolVersion.Mqtt5);
        var all = first with
        {
            HasSessionExpiry = true,
            SessionExpiryIntervalSeconds = 0x01020304,
            ReceiveMaximum = 20,
            MaximumPacketSize = 0x10000,
            TopicAliasMaximum = 10,
            RequestResponseInformation = true,
            RequestProblemInformation = false,
            UserProperties = [new("a", "b"), new("a", "")],
            AuthenticationMethod = "M",
            AuthenticationData = [9, 8],
        };
        const string allProperties =
            "11 01020304 21 0014 27 00010000 22 000A 19 01 17 00 26 0001'a' 0001'b' 26 0001'a' 0000 15 0001'M' 16 0002 0908";
        var will = new WillPacket
        {
            Topic = TopicName.Parse("w"),
            Payload = [7],
            QoS = QoS.AtLeastOnce,
            DelayIntervalSeconds = 5,
            HasMessageExpiryInterval = true,
            MessageExpiryIntervalSeconds = 60,
            ForwardedProperties = Wire.Bytes("01 01 03 0001't' 08 0001'r' 09 0001 FF 26 0001'x' 0001'y'"),
        };
        const string willProperties = "18 00000005 02 0000003C 01 01 03 0001't' 08 0001'r' 09 0001 FF 26 0001'x' 0001'y'";
        const string mixedWillProperties = "01 01 18 00000005 03 0001't' 08 0001'r' 02 0000003C 09 0001 FF 26 0001'x' 0001'y'";
        return
        [
            .. Good("CONNECT", V5, 0x10, Name5 + "02 003C 00 0001'c'", first),
            .. Good("CONNECT that keeps its session", V5, 0x10, Name5 + "00 003C 00 0001'c'", first with { CleanStart = false }),
            .. Good("CONNECT without client identifier", V5, 0x10, Name5 + "00 003C 00 0000", first with { CleanStart = false, ClientId = "" }),
            .. Good("CONNECT with all properties", V5, 0x10, Name5 + "02 003C 2A " + allProperties + " 0001'c'", all),
            .. Good("CONNECT with explicit defaults", V5, 0x10,
                Name5 + "02 003C 14 11 00000000 21 FFFF 27 FFFFFFFF 22 0000 19 00 17 01 0001'c'",
                first with { HasSessionExpiry = true }, back: false),
            .. Good("CONNECT with session expiry never", V5, 0x10, Name5 + "02 003C 05 11 FFFFFFFF 0001'c'",
                first with { HasSessionExpiry = true, SessionExpiryIntervalSeconds = uint.MaxValue }),
            .. Good("CONNECT with will", V5, 0x10, Name5 + "0E 003C 00 0001'c' 1F " + willProperties + " 0001'w' 0001 07", first with { Will = will }),
            .. Good("CONNECT with will properties in another order", V5, 0x10,
                Name5 + "0E 003C 00 0001'c' 1F " + mixedWillProperties + " 0001'w' 0001 07", first with { Will = will }, back: false),
            .. Good("CONNECT with password alone", V5, 0x10, Name5 + "42 003C 00 0001'c' 0001'p'", first with { Password = [(byte)'p'] }),
        ];
    }

    private static IEnumerable<PacketCase> BadConnects3() =>
    [
        .. Bad("CONNECT of an unknown protocol", EveryVersion, 0x10, "0004'MQTX' 04 02 003C 0001'c'", SpecViolation.ProtocolNameInvalid),
        .. Bad("CONNECT in lower case", EveryVersion, 0x10, "0004'mqtt' 04 02 003C 0001'c'", SpecViolation.ProtocolNameInvalid),
        .. Bad("CONNECT of level 6", EveryVersion, 0x10, "0004'MQTT' 06 02 003C 00 0001'c'", SpecViolation.UnsupportedProtocolVersion),
        .. Bad("CONNECT of level 3 under the new name", EveryVersion, 0x10, "0004'MQTT' 03 02 003C 0001'c'", SpecViolation.UnsupportedProtocolVersion),
        .. Bad("CONNECT of level 4 under the old name", EveryVersion, 0x10, "0006'MQIsdp' 04 02 003C 0001'c'", SpecViolation.UnsupportedProtocolVersion),
        .. Bad("CONNECT of a bridge", EveryVersion, 0x10, "0004'MQTT' 84 02 003C 0001'c'", SpecViolation.UnsupportedProtocolVersion),
        .. Bad("CONNECT with reserved flag", V311, 0x10, Name311 + "03 003C 0001'c'", SpecViolation.ConnectFlagInvalid),
        .. Bad("CONNECT with will QoS but no will", V311, 0x10, Name311 + "0A 003C 0001'c'", SpecViolation.WillQoSWithoutWill),
        .. Bad("CONNECT with will QoS 3", V311, 0x10, Name311 + "1E 003C 0001'c' 0001'w' 0000", SpecViolation.WillQoSInvalid),
        .. Bad("CONNECT with will QoS 3", V31, 0x10, Name31 + "1E 003C 0001'c' 0001'w' 0000", SpecViolation.WillQoSInvalid),
        .. Bad("CONNECT with will retain but no will", V311, 0x10, Name311 + "22 003C 0001'c'", SpecViolation.WillRetainWithoutWill),
        .. Bad("CONNECT with password alone", V31, 0x10, Name31 + "42 003C 0001'c' 0001'p'", SpecViolation.PasswordWithoutUserName),
        .. Bad("CONNECT with password alone", V311, 0x10, Name311 + "42 003C 0001'c' 0001'p'", SpecViolation.PasswordWithoutUserName),
        .. Bad("CONNECT without client identifier but with session", V311, 0x10, Name311 + "00 003C 0000", SpecViolation.ClientIdRequired),
        .. Bad("CONNECT without client identifier", V31, 0x10, Name31 + "02 003C 0000", SpecViolation.ClientIdRequired),
        .. Bad("CONNECT with empty body", EveryVersion, 0x10, "", SpecViolation.PacketTruncated),
        .. Bad("CONNECT that ends in the client identifier", V311, 0x10, Name311 + "02 003C 0002'c'", SpecViolation.PacketTruncated),
        .. Bad("CONNECT that ends before the will", V311, 0x10, Name311 + "06 003C 0001'c'", SpecViolation.PacketTruncated),
        .. Bad("CONNECT that ends before the user name", V311, 0x10, Name311 + "82 003C 0001'c'", SpecViolation.PacketTruncated),
        .. Bad("CONNECT that ends before the password", V311, 0x10, Name311 + "C2 003C 0001'c' 0001'u'", SpecViolation.PacketTruncated),
        .. Bad("CONNECT with bytes behind", V311, 0x10, Name311 + "02 003C 0001'c' 00", SpecViolation.TrailingBytes),
        .. Bad("CONNECT with NUL in the client identifier", V311, 0x10, Name311 + "02 003C 0001 00", SpecViolation.NullCharacter),
        .. Bad("CONNECT with broken UTF-8 in the user name", V311, 0x10, Name311 + "82 003C 0001'c' 0002 C328", SpecViolation.IllFormedUtf8),
        .. Bad("CONNECT with a surrogate in the user name", V311, 0x10, Name311 + "82 003C 0001'c' 0003 EDA080", SpecViolation.IllFormedUtf8),
        .. Bad("CONNECT with wildcard in the will topic", V311, 0x10, Name311 + "06 003C 0001'c' 0003'w/#' 0000", SpecViolation.TopicNameWildcard),
        .. Bad("CONNECT with empty will topic", V311, 0x10, Name311 + "06 003C 0001'c' 0000 0000", SpecViolation.TopicNameEmpty),
    ];

    private static IEnumerable<PacketCase> BadConnects5() =>
    [
        .. Bad("CONNECT with reserved flag", V5, 0x10, Name5 + "03 003C 00 0001'c'", SpecViolation.ConnectFlagInvalid),
        .. Bad("CONNECT with will QoS but no will", V5, 0x10, Name5 + "12 003C 00 0001'c'", SpecViolation.WillQoSWithoutWill),
        .. Bad("CONNECT with will QoS 3", V5, 0x10, Name5 + "1E 003C 00 0001'c' 00 0001'w' 0000", SpecViolation.WillQoSInvalid),
        .. Bad("CONNECT with will QoS 3 but no will", V5, 0x10, Name5 + "1A 003C 00 0001'c'", SpecViolation.WillQoSInvalid),
        .. Bad("CONNECT with will retain but no will", V5, 0x10, Name5 + "22 003C 00 0001'c'", SpecViolation.WillRetainWithoutWill),
        .. Bad("CONNECT without properties", V5, 0x10, Name5 + "02 003C", SpecViolation.PacketTruncated),
        .. Bad("CONNECT with properties beyond the end", V5, 0x10, Name5 + "02 003C 7F 0001'c'", SpecViolation.PacketTruncated),
        .. Bad("CONNECT whose property is cut", V5, 0x10, Name5 + "02 003C 03 11 0000 0001'c'", SpecViolation.PacketTruncated),
        .. Bad("CONNECT with padded property length", V5, 0x10, Name5 + "02 003C 8000 0001'c'", SpecViolation.VariableByteIntegerPadded),
        .. Bad("CONNECT with five bytes of property length", V5, 0x10, Name5 + "02 003C 80808080 0001'c'", SpecViolation.VariableByteIntegerTooLong),
        .. Bad("CONNECT with unknown property", V5, 0x10, Name5 + "02 003C 02 04 00 0001'c'", SpecViolation.PropertyUnknown),
        .. Bad("CONNECT with property 128", V5, 0x10, Name5 + "02 003C 03 8001 00 0001'c'", SpecViolation.PropertyUnknown),
        .. Bad("CONNECT with topic alias", V5, 0x10, Name5 + "02 003C 03 23 0001 0001'c'", SpecViolation.PropertyNotAllowed),
        .. Bad("CONNECT with reason string", V5, 0x10, Name5 + "02 003C 03 1F 0000 0001'c'", SpecViolation.PropertyNotAllowed),
        .. Bad("CONNECT with session expiry twice", V5, 0x10,
            Name5 + "02 003C 0A 11 00000001 11 00000001 0001'c'", SpecViolation.PropertyDuplicate),
        .. Bad("CONNECT with receive maximum 0", V5, 0x10, Name5 + "02 003C 03 21 0000 0001'c'", SpecViolation.ReceiveMaximumZero),
        .. Bad("CONNECT with maximum packet size 0", V5, 0x10, Name5 + "02 003C 05 27 00000000 0001'c'", SpecViolation.MaximumPacketSizeZero),
        .. Bad("CONNECT with request problem information 2", V5, 0x10, Name5 + "02 003C 02 17 02 0001'c'", SpecViolation.PropertyNotBoolean),
        .. Bad("CONNECT with request response information 2", V5, 0x10, Name5 + "02 003C 02 19 02 0001'c'", SpecViolation.PropertyNotBoolean),
        .. Bad("CONNECT with authentication data alone", V5, 0x10,
            Name5 + "02 003C 03 16 0000 0001'c'", SpecViolation.AuthenticationDataWithoutMethod),
        .. Bad("CONNECT with broken UTF-8 in a user property", V5, 0x10, Name5 + "02 003C 06 26 0000 0001 FF 0001'c'", SpecViolation.IllFormedUtf8),
        .. Bad("CONNECT with NUL in a user property's name", V5, 0x10, Name5 + "02 003C 06 26 0001 00 0000 0001'c'", SpecViolation.NullCharacter),
        .. Bad("CONNECT whose will has session expiry", V5, 0x10,
            Name5 + "06 003C 00 0001'c' 05 11 00000001 0001'w' 0000", SpecViolation.PropertyNotAllowed),
        .. Bad("CONNECT whose will has a topic alias", V5, 0x10,
            Name5 + "06 003C 00 0001'c' 03 23 0001 0001'w' 0000", SpecViolation.PropertyNotAllowed),
        .. Bad("CONNECT whose will has payload format 2", V5, 0x10,
            Name5 + "06 003C 00 0001'c' 02 01 02 0001'w' 0000", SpecViolation.PropertyNotBoolean),
        .. Bad("CONNECT whose will has a response topic with wildcard", V5, 0x10,
            Name5 + "06 003C 00 0001'c' 04 08 0001'+' 0001'w' 0000", SpecViolation.ResponseTopicWildcard),
        .. Bad("CONNECT with bytes behind", V5, 0x10, Name5 + "02 003C 00 0001'c' 00", SpecViolation.TrailingBytes),
    ];
}
