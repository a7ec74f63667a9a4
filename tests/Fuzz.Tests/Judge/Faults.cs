namespace OrleansBroker.Fuzz.Tests.Judge;

/// <summary>How the standard calls what is wrong with a packet. Several may be true: it does not say which fault a receiver meets first.</summary>
[Flags]
internal enum Faults
{
    None = 0,
    Malformed = 1 << 0,
    ProtocolError = 1 << 1,
    PacketTooLarge = 1 << 2,
    UnsupportedVersion = 1 << 3,
    ClientIdInvalid = 1 << 4,
    TopicNameInvalid = 1 << 5,
    TopicAliasInvalid = 1 << 6,

    /// <summary>A rule ("must be 0", "must not contain") for which the standard names no reason code: section 4.13 leaves these two.</summary>
    Unclassed = Malformed | ProtocolError,

    /// <summary>A topic name that is none; the reason code 0x90 exists for it, and 4.13's apply as well.</summary>
    BadTopicName = TopicNameInvalid | Unclassed,
}
