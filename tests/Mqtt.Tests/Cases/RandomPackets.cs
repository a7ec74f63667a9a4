using System.Text;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Mqtt.Tests.Cases;

/// <summary>Valid packets by chance, of every type and version.</summary>
internal sealed class RandomPackets(Random random)
{
    private static readonly string[] Alphabet = ["a", "b", "Z", "0", "-", "$", " ", "é", "中", "\U0001F600", "\uFEFF", "\u0001"];

    public ProtocolVersion Version() => (ProtocolVersion)random.Next(3, 6);

    public object Next(ProtocolVersion version, PacketSender sender) => (PacketType)random.Next(1, version == ProtocolVersion.Mqtt5 ? 16 : 15) switch
    {
        PacketType.Connect => Connect(version),
        PacketType.ConnAck => ConnAck(version),
        PacketType.Publish => Publish(version, sender),
        PacketType.Subscribe => Subscribe(version),
        PacketType.SubAck => SubAck(version),
        PacketType.Unsubscribe => Unsubscribe(version),
        PacketType.UnsubAck => UnsubAck(version),
        PacketType.Disconnect => Disconnect(version, sender),
        PacketType.Auth => Auth(sender),
        PacketType.PingReq => new PingValue(PacketType.PingReq),
        PacketType.PingResp => new PingValue(PacketType.PingResp),
        var type => Ack(version, type),
    };

    private ConnectPacket Connect(ProtocolVersion version)
    {
        var is5 = version == ProtocolVersion.Mqtt5;
        var cleanStart = Maybe();
        var hasExpiry = is5 && Maybe();
        var userName = Maybe() ? Text() : null;
        var method = is5 && Maybe() ? Text() : null;
        return new ConnectPacket
        {
            Version = version,
            CleanStart = cleanStart,
            ClientId = is5 && Maybe() ? "" : "c" + Text(),
            KeepAliveSeconds = Number16(),
            HasSessionExpiry = hasExpiry,
            SessionExpiryIntervalSeconds = hasExpiry ? Number32() : is5 || cleanStart ? 0 : uint.MaxValue,
            ReceiveMaximum = is5 ? NonZero16() : ushort.MaxValue,
            MaximumPacketSize = is5 ? Number32() | 1 : uint.MaxValue,
            TopicAliasMaximum = is5 ? Number16() : default,
            RequestResponseInformation = is5 && Maybe(),
            RequestProblemInformation = !is5 || Maybe(),
            UserProperties = UserProperties(version),
            AuthenticationMethod = method,
            AuthenticationData = method is not null && Maybe() ? Bytes() : null,
            UserName = userName,
            Password = (is5 || userName is not null) && Maybe() ? Bytes() : null,
            Will = Maybe() ? Will(is5) : null,
        };
    }

    private WillPacket Will(bool is5)
    {
        var hasExpiry = is5 && Maybe();
        return new WillPacket
        {
            Topic = TopicName.Parse(Topic()),
            Payload = Bytes(),
            QoS = AnyQoS(),
            Retain = Maybe(),
            DelayIntervalSeconds = is5 ? Number32() : 0,
            HasMessageExpiryInterval = hasExpiry,
            MessageExpiryIntervalSeconds = hasExpiry ? Number32() : 0,
            ForwardedProperties = is5 ? Forwarded().Encode() : [],
        };
    }

    private ConnAckPacket ConnAck(ProtocolVersion version)
    {
        if (version != ProtocolVersion.Mqtt5)
        {
            var code = Pick(
                ReasonCode.Success, ReasonCode.UnsupportedProtocolVersion, ReasonCode.ClientIdentifierNotValid,
                ReasonCode.ServerUnavailable, ReasonCode.BadUserNameOrPassword, ReasonCode.NotAuthorized);
            return new ConnAckPacket { ReasonCode = code, SessionPresent = version == ProtocolVersion.Mqtt311 && code == ReasonCode.Success && Maybe() };
        }

        var code5 = Pick(ReasonCode.Success, ReasonCode.Banned, ReasonCode.ServerMoved, ReasonCode.QoSNotSupported);
        var method = Maybe() ? Text() : null;
        return new ConnAckPacket
        {
            ReasonCode = code5,
            SessionPresent = code5 == ReasonCode.Success && Maybe(),
            SessionExpiryIntervalSeconds = Maybe() ? Number32() : null,
            ReceiveMaximum = NonZero16(),
            MaximumQoS = AnyQoS(),
            RetainAvailable = Maybe(),
            MaximumPacketSize = Number32() | 1,
            AssignedClientId = Maybe() ? Text() : null,
            TopicAliasMaximum = Number16(),
            ReasonString = Maybe() ? Text() : null,
            UserProperties = UserProperties(version),
            WildcardSubscriptionAvailable = Maybe(),
            SubscriptionIdentifiersAvailable = Maybe(),
            SharedSubscriptionAvailable = Maybe(),
            ServerKeepAliveSeconds = Maybe() ? Number16() : null,
            ResponseInformation = Maybe() ? Text() : null,
            ServerReference = Maybe() ? Text() : null,
            AuthenticationMethod = method,
            AuthenticationData = method is not null && Maybe() ? Bytes() : null,
        };
    }

    private PublishValue Publish(ProtocolVersion version, PacketSender sender)
    {
        var qos = AnyQoS();
        var is5 = version == ProtocolVersion.Mqtt5;
        var alias = is5 && Maybe() ? NonZero16() : default;
        var identifiers = is5 && sender == PacketSender.Server ? random.Next(3) : 0;
        return new PublishValue
        {
            Topic = alias > 0 && Maybe() ? "" : Topic(),
            QoS = qos,
            Dup = qos != QoS.AtMostOnce && Maybe(),
            Retain = Maybe(),
            PacketIdentifier = qos == QoS.AtMostOnce ? default : NonZero16(),
            TopicAlias = alias,
            MessageExpiryInterval = is5 && Maybe() ? Number32() : null,
            SubscriptionIdentifiers = [.. Enumerable.Range(0, identifiers).Select(_ => (uint)random.Next(1, 1 << 28))],
            Forwarded = is5 ? Forwarded() : new(),
            Payload = Bytes(),
        };
    }

    private MessageProperties Forwarded() => new()
    {
        PayloadIsUtf8 = Maybe() ? Maybe() : null,
        ContentType = Maybe() ? Text() : null,
        ResponseTopic = Maybe() ? Topic() : null,
        CorrelationData = Maybe() ? Bytes() : null,
        UserProperties = UserProperties(ProtocolVersion.Mqtt5),
    };

    private AckValue Ack(ProtocolVersion version, PacketType type)
    {
        var is5 = version == ProtocolVersion.Mqtt5;
        var failure = type is PacketType.PubAck or PacketType.PubRec ? ReasonCode.NotAuthorized : ReasonCode.PacketIdentifierNotFound;
        return new AckValue(type, NonZero16(), is5 && Maybe() ? failure : ReasonCode.Success, is5 && Maybe() ? Text() : null)
        {
            UserProperties = UserProperties(version),
        };
    }

    private SubscribePacket Subscribe(ProtocolVersion version)
    {
        var is5 = version == ProtocolVersion.Mqtt5;
        return new SubscribePacket
        {
            PacketIdentifier = NonZero16(),
            SubscriptionIdentifier = is5 && Maybe() ? (uint)random.Next(1, 1 << 28) : 0,
            UserProperties = UserProperties(version),
            Requests = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Request(is5))],
        };
    }

    private SubscriptionRequest Request(bool is5)
    {
        var text = Filter();
        _ = TopicFilter.TryParse(Encoding.UTF8.GetBytes(text), out var filter, out var violation);
        var noLocal = is5 && filter is not { IsShared: true } && Maybe();
        return new SubscriptionRequest(text, AnyQoS(), noLocal, is5 && Maybe(), is5 ? (RetainHandling)random.Next(3) : default)
        {
            Filter = filter,
            FilterViolation = violation,
        };
    }

    private SubAckPacket SubAck(ProtocolVersion version)
    {
        var is5 = version == ProtocolVersion.Mqtt5;
        return new SubAckPacket
        {
            PacketIdentifier = NonZero16(),
            ReasonString = is5 && Maybe() ? Text() : null,
            UserProperties = UserProperties(version),
            ReasonCodes = [.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => is5
                ? Pick(ReasonCode.GrantedQoS2, ReasonCode.TopicFilterInvalid, ReasonCode.QuotaExceeded)
                : Pick(ReasonCode.GrantedQoS0, ReasonCode.GrantedQoS1, ReasonCodes.SubAckFailure))],
        };
    }

    private UnsubscribePacket Unsubscribe(ProtocolVersion version) => new()
    {
        PacketIdentifier = NonZero16(),
        UserProperties = UserProperties(version),
        Requests = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Unrequest())],
    };

    private UnsubscriptionRequest Unrequest()
    {
        var text = Filter();
        _ = TopicFilter.TryParse(Encoding.UTF8.GetBytes(text), out var filter, out var violation);
        return new UnsubscriptionRequest(text) { Filter = filter, FilterViolation = violation };
    }

    private UnsubAckPacket UnsubAck(ProtocolVersion version)
    {
        var is5 = version == ProtocolVersion.Mqtt5;
        var codes = is5 ? random.Next(1, 9) : 0;
        return new UnsubAckPacket
        {
            PacketIdentifier = NonZero16(),
            ReasonString = is5 && Maybe() ? Text() : null,
            UserProperties = UserProperties(version),
            ReasonCodes = [.. Enumerable.Range(0, codes).Select(_ => Pick(ReasonCode.Success, ReasonCode.NoSubscriptionExisted))],
        };
    }

    private DisconnectPacket Disconnect(ProtocolVersion version, PacketSender sender)
    {
        if (version != ProtocolVersion.Mqtt5)
            return new DisconnectPacket();
        var ofServer = sender == PacketSender.Server;
        return new DisconnectPacket
        {
            ReasonCode = ofServer
                ? Pick(ReasonCode.NormalDisconnection, ReasonCode.KeepAliveTimeout)
                : Pick(ReasonCode.NormalDisconnection, ReasonCode.DisconnectWithWillMessage),
            SessionExpiryIntervalSeconds = !ofServer && Maybe() ? Number32() : null,
            ReasonString = Maybe() ? Text() : null,
            UserProperties = UserProperties(version),
            ServerReference = ofServer && Maybe() ? Text() : null,
        };
    }

    private AuthPacket Auth(PacketSender sender) => sender == PacketSender.Server && Maybe() ? new AuthPacket() : new AuthPacket
    {
        ReasonCode = Pick(sender == PacketSender.Server ? ReasonCode.Success : ReasonCode.ReAuthenticate, ReasonCode.ContinueAuthentication),
        AuthenticationMethod = Text(),
        AuthenticationData = Maybe() ? Bytes() : null,
        ReasonString = Maybe() ? Text() : null,
        UserProperties = UserProperties(ProtocolVersion.Mqtt5),
    };

    private bool Maybe() => random.Next(2) == 0;

    private T Pick<T>(params ReadOnlySpan<T> values) => values[random.Next(values.Length)];

    private ushort Number16() => (ushort)random.Next(ushort.MaxValue + 1);

    private ushort NonZero16() => (ushort)random.Next(1, ushort.MaxValue + 1);

    private uint Number32() => (uint)random.NextInt64(1L << 32);

    private QoS AnyQoS() => (QoS)random.Next(3);

    private string Text() => string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => Pick<string>(Alphabet)));

    private string Topic() => "t" + string.Join('/', Enumerable.Range(0, random.Next(1, 5)).Select(_ => Text()));

    // Valid ones mostly, the rest is to come back with its violation.
    private string Filter()
    {
        var levels = Enumerable.Range(0, random.Next(1, 5)).Select(_ => Maybe() ? Text() : Pick("+", "+", "#", "a+"));
        return Pick("", "", "$share/g/", "$share/") + string.Join('/', levels);
    }

    private byte[] Bytes()
    {
        var bytes = new byte[random.Next(10) == 0 ? random.Next(200, 20_000) : random.Next(20)];
        random.NextBytes(bytes);
        return bytes;
    }

    private IReadOnlyList<UserProperty> UserProperties(ProtocolVersion version) =>
        version != ProtocolVersion.Mqtt5 ? [] : [.. Enumerable.Range(0, random.Next(3)).Select(_ => new UserProperty(Text(), Text()))];
}
