using OrleansBroker.Mqtt.Reasons;
using static OrleansBroker.Mqtt.Codec.PropertyScope;
using static OrleansBroker.Mqtt.Codec.PropertyType;

namespace OrleansBroker.Mqtt.Codec;

/// <summary>What a property is: the table of MQTT5 section 2.2.2.2 and the ranges of the sections that it names.</summary>
/// <param name="OutOfRange">The violation of a Boolean above 1 or of another number that is 0; None where every value is valid.</param>
internal readonly record struct PropertyDefinition(PropertyType Type, PropertyScope Scopes, SpecViolation OutOfRange)
{
    /// <summary>Above every known identifier; below 64, so that a set of identifiers fits in a ulong.</summary>
    public const int Count = (int)PropertyId.SharedSubscriptionAvailable + 1;

    private static readonly PropertyDefinition[] Table = CreateTable();

    /// <summary>Type Unknown when the identifier is none of the standard's.</summary>
    public static PropertyDefinition Of(byte identifier) => identifier < Count ? Table[identifier] : default;

    private static PropertyDefinition[] CreateTable()
    {
        var table = new PropertyDefinition[Count];
        void Define(PropertyId id, PropertyType type, PropertyScope scopes, SpecViolation outOfRange = SpecViolation.None) =>
            table[(int)id] = new(type, scopes, outOfRange);
        void DefineBoolean(PropertyId id, PropertyScope scopes) =>
            Define(id, PropertyType.Boolean, scopes, SpecViolation.PropertyNotBoolean);

        DefineBoolean(PropertyId.PayloadFormatIndicator, Publish | Will);
        Define(PropertyId.MessageExpiryInterval, FourBytes, Publish | Will);
        Define(PropertyId.ContentType, Utf8, Publish | Will); // [MQTT5-3.3.2-19]
        Define(PropertyId.ResponseTopic, Utf8, Publish | Will); // [MQTT5-3.3.2-13]
        Define(PropertyId.CorrelationData, Binary, Publish | Will);
        Define(PropertyId.SubscriptionIdentifier, PropertyType.VariableByteInteger, Publish | Subscribe, SpecViolation.SubscriptionIdentifierZero);
        Define(PropertyId.SessionExpiryInterval, FourBytes, Connect | ConnAck | Disconnect);
        Define(PropertyId.AssignedClientIdentifier, Utf8, ConnAck);
        Define(PropertyId.ServerKeepAlive, TwoBytes, ConnAck);
        Define(PropertyId.AuthenticationMethod, Utf8, Connect | ConnAck | Auth);
        Define(PropertyId.AuthenticationData, Binary, Connect | ConnAck | Auth);
        DefineBoolean(PropertyId.RequestProblemInformation, Connect);
        Define(PropertyId.WillDelayInterval, FourBytes, Will);
        DefineBoolean(PropertyId.RequestResponseInformation, Connect);
        Define(PropertyId.ResponseInformation, Utf8, ConnAck);
        Define(PropertyId.ServerReference, Utf8, ConnAck | Disconnect);
        Define(PropertyId.ReasonString, Utf8, Reasoned);
        Define(PropertyId.ReceiveMaximum, TwoBytes, Connect | ConnAck, SpecViolation.ReceiveMaximumZero);
        Define(PropertyId.TopicAliasMaximum, TwoBytes, Connect | ConnAck);
        Define(PropertyId.TopicAlias, TwoBytes, Publish, SpecViolation.TopicAliasZero); // [MQTT5-3.3.2-8]
        Define(PropertyId.MaximumQoS, PropertyType.Boolean, ConnAck, SpecViolation.MaximumQoSInvalid);
        DefineBoolean(PropertyId.RetainAvailable, ConnAck);
        Define(PropertyId.UserProperty, Utf8Pair, All);
        Define(PropertyId.MaximumPacketSize, FourBytes, Connect | ConnAck, SpecViolation.MaximumPacketSizeZero);
        DefineBoolean(PropertyId.WildcardSubscriptionAvailable, ConnAck);
        DefineBoolean(PropertyId.SubscriptionIdentifierAvailable, ConnAck);
        DefineBoolean(PropertyId.SharedSubscriptionAvailable, ConnAck);
        return table;
    }
}
