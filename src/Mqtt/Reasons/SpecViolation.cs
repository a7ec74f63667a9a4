namespace OrleansBroker.Mqtt.Reasons;

/// <summary>
/// What is wrong with received bytes: one value for each rule that a packet can break by itself. Closed: <see cref="SpecViolations"/>
/// has reason code, statement and text for every value. The last group concerns one filter of a SUBSCRIBE or UNSUBSCRIBE and is answered
/// for that filter alone; every other value ends the connection.
/// </summary>
public enum SpecViolation : byte
{
    None = 0,

    PacketTypeInvalid,
    FixedHeaderFlags,
    VariableByteIntegerTooLong,
    VariableByteIntegerPadded,
    PacketTooLarge,
    PacketTruncated,
    TrailingBytes,
    IllFormedUtf8,
    NullCharacter,
    PacketIdentifierZero,
    ReasonCodeNotAllowed,

    PropertyUnknown,
    PropertyNotAllowed,
    PropertyDuplicate,
    PropertyNotBoolean,
    ReceiveMaximumZero,
    MaximumPacketSizeZero,
    MaximumQoSInvalid,
    SubscriptionIdentifierZero,
    SubscriptionIdentifierFromClient,
    TopicAliasZero,
    ResponseTopicWildcard,
    SessionExpiryFromServer,
    AuthenticationDataWithoutMethod,
    AuthenticationMethodMissing,

    ProtocolNameInvalid,
    UnsupportedProtocolVersion,
    ConnectFlagInvalid,
    WillQoSWithoutWill,
    WillQoSInvalid,
    WillRetainWithoutWill,
    PasswordWithoutUserName,
    ClientIdRequired,

    ConnAckFlagsInvalid,
    SessionPresentWithFailure,

    PublishQoSInvalid,
    DupWithQoS0,
    TopicNameEmpty,
    TopicNameWildcard,
    TopicNameTooManyLevels,
    TopicNameAndAliasMissing,

    SubscribeEmpty,
    SubscriptionOptionsInvalid,
    SubscriptionQoSInvalid,
    RetainHandlingInvalid,
    NoLocalOnSharedSubscription,
    UnsubscribeEmpty,

    TopicFilterEmpty,
    TopicFilterTooManyLevels,
    MultiLevelWildcardMisplaced,
    SingleLevelWildcardMisplaced,
    ShareNameEmpty,
    ShareNameInvalid,
    SharedFilterMissing,
}
