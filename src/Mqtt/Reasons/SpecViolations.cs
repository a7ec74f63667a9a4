using OrleansBroker.Mqtt.Packets;
using static OrleansBroker.Mqtt.Reasons.ReasonCode;

namespace OrleansBroker.Mqtt.Reasons;

/// <summary>What each <see cref="SpecViolation"/> means: the one table of reason code, statement and text.</summary>
public static class SpecViolations
{
    private static readonly ViolationRule[] Rules = CreateRules();

    /// <summary>The Reason Code for a 5.0 CONNACK, DISCONNECT, SUBACK or UNSUBACK; Success for None.</summary>
    public static ReasonCode ReasonCodeOf(SpecViolation violation) => Rules[(int)violation].ReasonCode;

    /// <summary>
    /// The broken statement by its identifier; where the standard has no number for the rule, its section, such as <c>MQTT5 section 2.2.2.2</c>.
    /// A rule that 3.x does not have is always cited from 5.0. Empty for None.
    /// </summary>
    public static string StatementOf(SpecViolation violation, ProtocolVersion version)
    {
        var rule = Rules[(int)violation];
        return version is ProtocolVersion.Mqtt31 or ProtocolVersion.Mqtt311 ? rule.Statement311 ?? rule.Statement5 : rule.Statement5;
    }

    /// <summary>One clause that says what is wrong; empty for None.</summary>
    public static string TextOf(SpecViolation violation) => Rules[(int)violation].Text;

    /// <summary>True for the violations of one filter, which are answered in SUBACK or UNSUBACK; the others end the connection.</summary>
    public static bool IsOfFilter(SpecViolation violation) => violation >= SpecViolation.TopicFilterEmpty;

    private static ViolationRule[] CreateRules()
    {
        var values = Enum.GetValues<SpecViolation>();
        var rules = new ViolationRule[values.Length];
        foreach (var violation in values)
            rules[(int)violation] = RuleOf(violation);
        return rules;
    }

    private static ViolationRule RuleOf(SpecViolation violation) => violation switch
    {
        SpecViolation.None => new(Success, "", null, ""),
        < SpecViolation.PropertyUnknown => RuleOfEveryPacket(violation),
        < SpecViolation.ProtocolNameInvalid => RuleOfProperties(violation),
        < SpecViolation.PublishQoSInvalid => RuleOfConnection(violation),
        < SpecViolation.SubscribeEmpty => RuleOfPublish(violation),
        < SpecViolation.TopicFilterEmpty => RuleOfSubscribe(violation),
        _ => RuleOfFilter(violation),
    };

    private static ViolationRule RuleOfEveryPacket(SpecViolation violation) => violation switch
    {
        SpecViolation.PacketTypeInvalid =>
            new(MalformedPacket, "MQTT5 section 2.1.2", "MQTT311 section 2.2.1", "The packet type is reserved"),
        SpecViolation.FixedHeaderFlags =>
            new(MalformedPacket, "MQTT5-2.1.3-1", "MQTT311-2.2.2-2", "The flags of the fixed header have a reserved value"),
        SpecViolation.VariableByteIntegerTooLong =>
            new(MalformedPacket, "MQTT5 section 1.5.5", "MQTT311 section 2.2.3", "A variable byte integer has more than four bytes"),
        SpecViolation.VariableByteIntegerPadded =>
            new(MalformedPacket, "MQTT5-1.5.5-1", null, "A variable byte integer has more bytes than it needs"),
        SpecViolation.PacketTooLarge =>
            new(PacketTooLarge, "MQTT5-3.2.2-15", null, "The packet is larger than the maximum packet size"),
        SpecViolation.PacketTruncated =>
            new(MalformedPacket, "MQTT5 section 4.13.1", "MQTT311-4.8.0-1", "The packet ends within a field"),
        SpecViolation.TrailingBytes =>
            new(MalformedPacket, "MQTT5 section 4.13.1", "MQTT311-4.8.0-1", "Bytes follow the last field of the packet"),
        SpecViolation.IllFormedUtf8 =>
            new(MalformedPacket, "MQTT5-1.5.4-1", "MQTT311-1.5.3-1", "A string is not well-formed UTF-8"),
        SpecViolation.NullCharacter =>
            new(MalformedPacket, "MQTT5-1.5.4-2", "MQTT311-1.5.3-2", "A string contains U+0000"),
        SpecViolation.PacketIdentifierZero =>
            new(ProtocolError, "MQTT5-2.2.1-3", "MQTT311-2.3.1-1", "The packet identifier is 0"),
        SpecViolation.ReasonCodeNotAllowed =>
            new(ProtocolError, "MQTT5 section 2.4", "MQTT311-3.9.3-2", "The reason code is not one of this packet and sender"),
        _ => throw new ArgumentOutOfRangeException(nameof(violation), violation, null),
    };

    private static ViolationRule RuleOfProperties(SpecViolation violation) => violation switch
    {
        SpecViolation.PropertyUnknown =>
            new(MalformedPacket, "MQTT5 section 2.2.2.2", null, "A property identifier is unknown"),
        SpecViolation.PropertyNotAllowed =>
            new(MalformedPacket, "MQTT5 section 2.2.2.2", null, "A property does not belong into this packet"),
        SpecViolation.PropertyDuplicate =>
            new(ProtocolError, "MQTT5 section 2.2.2.2", null, "A property occurs twice"),
        SpecViolation.PropertyNotBoolean =>
            new(ProtocolError, "MQTT5 section 2.2.2.2", null, "A property is neither 0 nor 1"),
        SpecViolation.ReceiveMaximumZero =>
            new(ProtocolError, "MQTT5 section 3.1.2.11.3", null, "Receive Maximum is 0"),
        SpecViolation.MaximumPacketSizeZero =>
            new(ProtocolError, "MQTT5 section 3.1.2.11.4", null, "Maximum Packet Size is 0"),
        SpecViolation.MaximumQoSInvalid =>
            new(ProtocolError, "MQTT5 section 3.2.2.3.4", null, "Maximum QoS is neither 0 nor 1"),
        SpecViolation.SubscriptionIdentifierZero =>
            new(ProtocolError, "MQTT5 section 3.8.2.1.2", null, "A subscription identifier is 0"),
        SpecViolation.SubscriptionIdentifierFromClient =>
            new(ProtocolError, "MQTT5-3.3.4-6", null, "A client's PUBLISH contains a subscription identifier"),
        SpecViolation.TopicAliasZero =>
            new(TopicAliasInvalid, "MQTT5-3.3.2-8", null, "The topic alias is 0"),
        SpecViolation.ResponseTopicWildcard =>
            new(ProtocolError, "MQTT5-3.3.2-14", null, "The response topic contains wildcards"),
        SpecViolation.SessionExpiryFromServer =>
            new(ProtocolError, "MQTT5-3.14.2-2", null, "A server's DISCONNECT contains a session expiry interval"),
        SpecViolation.AuthenticationDataWithoutMethod =>
            new(ProtocolError, "MQTT5 section 3.1.2.11.10", null, "Authentication data come without a method"),
        SpecViolation.AuthenticationMethodMissing =>
            new(ProtocolError, "MQTT5 section 3.15.2.2.2", null, "AUTH names no authentication method"),
        _ => throw new ArgumentOutOfRangeException(nameof(violation), violation, null),
    };

    private static ViolationRule RuleOfConnection(SpecViolation violation) => violation switch
    {
        SpecViolation.ProtocolNameInvalid =>
            new(UnsupportedProtocolVersion, "MQTT5-3.1.2-1", "MQTT311-3.1.2-1", "The protocol name is unknown"),
        SpecViolation.UnsupportedProtocolVersion =>
            new(UnsupportedProtocolVersion, "MQTT5-3.1.2-2", "MQTT311-3.1.2-2", "The protocol version is not 3.1, 3.1.1 or 5.0"),
        SpecViolation.ConnectFlagInvalid =>
            new(MalformedPacket, "MQTT5-3.1.2-3", "MQTT311-3.1.2-3", "The reserved connect flag is set"),
        SpecViolation.WillQoSWithoutWill =>
            new(MalformedPacket, "MQTT5-3.1.2-11", "MQTT311-3.1.2-13", "Will QoS is set without a will"),
        SpecViolation.WillQoSInvalid =>
            new(MalformedPacket, "MQTT5-3.1.2-12", "MQTT311-3.1.2-14", "Will QoS is 3"),
        SpecViolation.WillRetainWithoutWill =>
            new(MalformedPacket, "MQTT5-3.1.2-13", "MQTT311-3.1.2-15", "Will Retain is set without a will"),
        SpecViolation.PasswordWithoutUserName =>
            new(MalformedPacket, "MQTT5 section 3.1.2.9", "MQTT311-3.1.2-22", "A password comes without a user name"),
        SpecViolation.ClientIdRequired =>
            new(ClientIdentifierNotValid, "MQTT5 section 3.1.3.1", "MQTT311-3.1.3-8", "A persistent session needs a client identifier"),
        SpecViolation.ConnAckFlagsInvalid =>
            new(MalformedPacket, "MQTT5-3.2.2-1", "MQTT311 section 3.2.2.1", "Reserved connect acknowledge flags are set"),
        SpecViolation.SessionPresentWithFailure =>
            new(ProtocolError, "MQTT5-3.2.2-6", "MQTT311-3.2.2-4", "A refusal says that a session is present"),
        _ => throw new ArgumentOutOfRangeException(nameof(violation), violation, null),
    };

    private static ViolationRule RuleOfPublish(SpecViolation violation) => violation switch
    {
        SpecViolation.PublishQoSInvalid =>
            new(MalformedPacket, "MQTT5-3.3.1-4", "MQTT311-3.3.1-4", "QoS is 3"),
        SpecViolation.DupWithQoS0 =>
            new(MalformedPacket, "MQTT5-3.3.1-2", "MQTT311-3.3.1-2", "DUP is set at QoS 0"),
        SpecViolation.TopicNameEmpty =>
            new(TopicNameInvalid, "MQTT5-4.7.3-1", "MQTT311-4.7.3-1", "A topic name is empty"),
        SpecViolation.TopicNameWildcard =>
            new(TopicNameInvalid, "MQTT5-3.3.2-2", "MQTT311-3.3.2-2", "A topic name contains wildcards"),
        SpecViolation.TopicNameTooManyLevels =>
            new(TopicNameInvalid, "MQTT5 section 3.3.2.1", "MQTT311 section 4.7.3", "A topic name has more than 128 levels"),
        SpecViolation.TopicNameAndAliasMissing =>
            new(ProtocolError, "MQTT5 section 3.3.2.1", null, "The topic name is empty and there is no topic alias"),
        _ => throw new ArgumentOutOfRangeException(nameof(violation), violation, null),
    };

    private static ViolationRule RuleOfSubscribe(SpecViolation violation) => violation switch
    {
        SpecViolation.SubscribeEmpty =>
            new(ProtocolError, "MQTT5-3.8.3-2", "MQTT311-3.8.3-3", "SUBSCRIBE contains no topic filter"),
        SpecViolation.SubscriptionOptionsInvalid =>
            new(MalformedPacket, "MQTT5-3.8.3-5", "MQTT311-3.8.3-4", "Reserved bits of the subscription options are set"),
        SpecViolation.SubscriptionQoSInvalid =>
            new(ProtocolError, "MQTT5 section 3.8.3.1", "MQTT311-3.8.3-4", "The requested QoS is 3"),
        SpecViolation.RetainHandlingInvalid =>
            new(ProtocolError, "MQTT5 section 3.8.3.1", null, "Retain Handling is 3"),
        SpecViolation.NoLocalOnSharedSubscription =>
            new(ProtocolError, "MQTT5-3.8.3-4", null, "No Local is set on a shared subscription"),
        SpecViolation.UnsubscribeEmpty =>
            new(ProtocolError, "MQTT5-3.10.3-2", "MQTT311-3.10.3-2", "UNSUBSCRIBE contains no topic filter"),
        _ => throw new ArgumentOutOfRangeException(nameof(violation), violation, null),
    };

    private static ViolationRule RuleOfFilter(SpecViolation violation) => violation switch
    {
        SpecViolation.TopicFilterEmpty =>
            new(TopicFilterInvalid, "MQTT5-4.7.3-1", "MQTT311-4.7.3-1", "The topic filter is empty"),
        SpecViolation.TopicFilterTooManyLevels =>
            new(TopicFilterInvalid, "MQTT5 section 3.9.3", "MQTT311 section 4.7.3", "The topic filter has more than 128 levels"),
        SpecViolation.MultiLevelWildcardMisplaced =>
            new(TopicFilterInvalid, "MQTT5-4.7.1-1", "MQTT311-4.7.1-2", "# is not the whole of the last level"),
        SpecViolation.SingleLevelWildcardMisplaced =>
            new(TopicFilterInvalid, "MQTT5-4.7.1-2", "MQTT311-4.7.1-3", "+ is not the whole of its level"),
        SpecViolation.ShareNameEmpty =>
            new(TopicFilterInvalid, "MQTT5-4.8.2-1", null, "The share name is empty"),
        SpecViolation.ShareNameInvalid =>
            new(TopicFilterInvalid, "MQTT5-4.8.2-2", null, "The share name contains wildcards"),
        SpecViolation.SharedFilterMissing =>
            new(TopicFilterInvalid, "MQTT5-4.8.2-2", null, "No topic filter follows the share name"),
        _ => throw new ArgumentOutOfRangeException(nameof(violation), violation, null),
    };
}
