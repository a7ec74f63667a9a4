using OrleansBroker.Broker.Options.Settings;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Broker.Options;

/// <summary><c>Broker:Limits:*</c>. Checked when the program starts; a value made in code is not checked again.</summary>
public sealed record LimitsOptions
{
    private const long KiB = 1024;
    private const long MiB = 1024 * KiB;
    private const long GiB = 1024 * MiB;
    private const long TiB = 1024 * GiB;

    // One byte of packet type, four of Remaining Length, and the most that these can say.
    private const long LargestPacket = 1 + 4 + 268_435_455;

    [Size(KiB, LargestPacket, "Largest packet accepted from a client, fixed header included; a larger one closes the connection (0x95). Announced in CONNACK.")]
    public int MaxPacketSize { get; init; } = (int)(2 * MiB);

    [Count(23, 65_535, "bytes", "Longest client id; a longer one is refused (0x85).")] // [MQTT5-3.1.3-5] [MQTT311-3.1.3-5]
    public int MaxClientIdBytes { get; init; } = 1024;

    [Count(1, 10_000_000, "connections", "MQTT connections of this node; one more is refused (0x97; 3.1.1: 3).")]
    public int MaxConnections { get; init; } = 100_000;

    [Count(1, 100_000, "connections", "HTTP connections of this node; one more is closed.")]
    public int MaxHttpConnections { get; init; } = 1_000;

    [Count(1, 100_000, "requests", "API requests that run on this node at the same time, feeds not counted; one more gets 429.")]
    public int MaxHttpRequests { get; init; } = 64;

    [Size(KiB, GiB, "Body of an API request; a larger one gets 413.")]
    public int MaxHttpBodyBytes { get; init; } = (int)(4 * MiB);

    // A topic of 65,535 bytes is 87,380 in base64url.
    [Size(KiB, MiB / 2, "First line of an HTTP request, which has the path; a longer one gets 414.")]
    public int MaxHttpRequestLineBytes { get; init; } = (int)(128 * KiB);

    [Size(KiB, MiB / 2, "Headers of an HTTP request; more get 431.")]
    public int MaxHttpHeaderBytes { get; init; } = (int)(32 * KiB);

    [Count(100, 1_000_000, "sessions/s", "Sessions that GET /api/v1/sessions of this node shows, for each of its processors; who lists more than that waits. Four seconds' worth may come at once.")]
    public int ListedSessionsPerSecond { get; init; } = 2_500;

    [Count(0, 1_000, "feeds", "Presence feeds (GET /api/v1/events) of this node at the same time; one more is refused (429).")]
    public int MaxEventFeeds { get; init; } = 16;

    [Count(1, 65_535, "messages", "QoS 1 and 2 messages on their way to one client; the client's Receive Maximum may lower it. What follows is queued.")]
    public int MaxInflight { get; init; } = 1_000;

    [Count(1, 65_535, "messages", "Receive Maximum announced in CONNACK: QoS 1 and 2 messages of one client that are not yet done. A 5.0 client that sends more is closed (0x93).")]
    public int ReceiveMaximum { get; init; } = 1_000;

    [Count(1, 100_000_000, "messages", "Messages queued for one session; beyond it QueuePolicy decides.")]
    public int MaxQueuedMessages { get; init; } = 100_000;

    [Size(64 * KiB, TiB, "Topics and payloads queued for one session; beyond it QueuePolicy decides. At least MaxPacketSize.")]
    public long MaxQueuedBytes { get; init; } = 64 * MiB;

    [Choice("What happens to a message for which a session's queue has no room.")]
    public QueuePolicy QueuePolicy { get; init; } = QueuePolicy.DropOldest;

    [Switch("Whether QoS 0 messages are queued for sessions without a connection.")]
    public bool QueueQoS0 { get; init; }

    [Count(1, 1_000_000, "subscriptions", "Subscriptions of one session; one more gets 0x97 (3.1.1: 0x80).")]
    public int MaxSubscriptionsPerSession { get; init; } = 10_000;

    [Count(1, 1_000_000, "filters", "Filters in one SUBSCRIBE or UNSUBSCRIBE; more close the connection (0x97), for a 3.x UNSUBACK could not say which of them failed.")]
    public int MaxFiltersPerSubscribe { get; init; } = 1_000;

    [Count(1, 65_535, "bytes", "Longest topic name or filter, $share/name/ included. A longer name closes the connection (0x90; in a will CONNECT is refused), a longer filter gets 0x8F (3.x: 0x80).")]
    public int MaxTopicBytes { get; init; } = ushort.MaxValue;

    [Count(1, TopicName.MaximumLevels, "levels", "Levels of a topic name or filter; more get 0x90 or 0x8F.")]
    public int MaxTopicLevels { get; init; } = TopicName.MaximumLevels;

    [Count(0, 65_535, "aliases", "Topic Alias Maximum announced in CONNACK: aliases that one client may hold.")]
    public int MaxTopicAliases { get; init; } = 32;

    // More than this many hashes to look through for every PUBLISH would cost more than the aliases save.
    [Count(0, 1_024, "aliases", "Aliases that this broker sets for one client that allows them (Topic Alias Maximum in CONNECT); a topic gets one when it comes a second time. 0 sets none.")]
    public int MaxOutboundTopicAliases { get; init; } = 32;

    [Count(0, 100_000, "properties", "User properties in one packet; more close the connection (0x97).")]
    public int MaxUserProperties { get; init; } = 1_000;

    [Switch("Whether payloads are checked that a Payload Format Indicator calls UTF-8. One that is not is refused: 0x99 in PUBACK or PUBREC, at QoS 0 in DISCONNECT, for a will in CONNACK.")]
    public bool ValidatePayloadFormat { get; init; }

    [Count(0, 2, "QoS", "Highest QoS, announced in CONNACK: subscriptions get at most this, a message above it closes the connection (0x9B).")]
    public int MaxQoS { get; init; } = 2;

    [Switch("Whether messages are retained. When not, a 5.0 client that asks for it is closed (0x9A) and a 3.x client's message is delivered only; MaxRetainedMessages=0 says the same. Announced in CONNACK.")]
    public bool RetainAvailable { get; init; } = true;

    [Switch("Whether filters may have wildcards. When not, a SUBSCRIBE with one closes a 5.0 client (0xA2), a 3.x client gets 0x80. Announced in CONNACK.")]
    public bool WildcardSubscriptionAvailable { get; init; } = true;

    [Switch("Whether SUBSCRIBE may have a Subscription Identifier. When not, one closes the client (0xA1). Announced in CONNACK.")]
    public bool SubscriptionIdentifierAvailable { get; init; } = true;

    [Switch("Whether subscriptions may be shared ($share/). When not, a SUBSCRIBE with one closes a 5.0 client (0x9E), a 3.x client gets 0x80. Announced in CONNACK.")]
    public bool SharedSubscriptionAvailable { get; init; } = true;

    [Size(4 * KiB, GiB, "Output waiting for one connection. A message that would make it more waits at QoS 1 and 2, and is dropped and counted at QoS 0; one of any size is taken while no more than half of this waits.")]
    public int MaxOutputBytes { get; init; } = (int)MiB;

    [Count(1, 65_535, "messages", "Messages of one connection that are not yet done; at the bound its socket is not read, and that time does not count against its keep-alive.")]
    public int MaxPendingPublishes { get; init; } = 1_000;

    [Size(KiB, 4 * GiB, "Bytes of one connection's messages that are not yet done; at the bound its socket is not read. At least MaxPacketSize.")]
    public long MaxPendingBytes { get; init; } = 4 * MiB;

    [Size(KiB, TiB, "Bytes of messages of all this node's connections that are not yet done; at the bound no socket is read for messages. At least MaxPendingBytes.")]
    public long MaxGatewayPendingBytes { get; init; } = 256 * MiB;

    [Count(0, 1_000_000_000, "messages", "Retained messages of the whole broker; a new one beyond it is refused (0x97), replacing and clearing go on.")]
    public int MaxRetainedMessages { get; init; } = 1_000_000;

    [Size(0, 64 * TiB, "Topics and payloads of all retained messages; a message that would pass it is refused (0x97), clearing goes on.")]
    public long MaxRetainedBytes { get; init; } = GiB;

    [Count(1, 100_000, "connections", "CONNECTs of this node that their sessions are asked to take at the same time; others wait, for StoreWait at most, and are refused then (0x88; 3.1.1: 3).")]
    public int MaxConnecting { get; init; } = 256;

    [Count(1, 10_000, "connections", "Connections of this node that are handed to their sessions' next node at the same time, after a node has died.")]
    public int MaxReattaching { get; init; } = 64;

    // The wire's largest value, 2^32 - 1, says "never".
    [Duration("0s", "4294967295s", "Longest Session Expiry Interval granted; a client that asks for more is told in CONNACK. The largest value means never.", WholeSeconds = true)]
    public TimeSpan MaxSessionExpiry { get; init; } = TimeSpan.FromSeconds(uint.MaxValue);

    [Duration("1s", "65535s", "Longest keep-alive. When lower than the default, a client that asks for more or for none is held to it (Server Keep Alive).", WholeSeconds = true)]
    public TimeSpan MaxKeepAlive { get; init; } = TimeSpan.FromSeconds(ushort.MaxValue);

    [Count(0, 1_000_000, "topics", "Topics whose matching subscriptions one shard remembers; 0 remembers none.")]
    public int MatchCacheEntries { get; init; } = 4_096;

    [Count(1, 65_536, "entries", "Entries of a busy shard's or session's inbox that one turn works off before it yields.")]
    public int InboxSliceEntries { get; init; } = 256;

    [Count(1, 1_000_000, "receivers", "Receivers on one node that a message reaches in one turn; more are served in slices of this size.")]
    public int FanOutSlice { get; init; } = 256;

    [Count(10, 1_000_000, "connections", "Connections closed in a second by a gateway that is cut off, so that their clients do not all come to the others at once.")]
    public int MaxFenceClosesPerSecond { get; init; } = 1_000;

    [Count(1, 1_000_000, "connections/s", "Connections that a stopping gateway closes in a second (0x9C), while its cluster has another one; more when ShutdownTimeout asks for it.")]
    public int DrainRate { get; init; } = 1_000;

    [Count(0, 1_024, "checks", "Passwords hashed at the same time; 0 is half the processors, at least one.")]
    public int MaxPasswordChecks { get; init; }

    [Count(0, 1_000_000, "checks", "CONNECTs that wait for their password to be hashed; one more is refused (0x88; 3.1.1: 3).")]
    public int MaxWaitingPasswordChecks { get; init; } = 1_000;

    [Count(0, 10_000_000, "credentials", "Verified credentials remembered, so that a reconnect costs no slow hash; 0 remembers none.")]
    public int PasswordCacheEntries { get; init; } = 10_000;

    // Binary Data of MQTT is at most 65,535 bytes.
    [Count(64, 65_535, "bytes", "Authentication Data of one packet of a 5.0 client; more close the connection (0x97).")]
    public int MaxAuthenticationDataBytes { get; init; } = 8_192;

    [Count(1, 1_000, "steps", "Packets of a 5.0 client in one exchange of enhanced authentication, the first included; who is not authenticated then is refused (0x87).")]
    public int MaxAuthenticationSteps { get; init; } = 16;

    [Count(1, 1_000_000, "sessions/s", "Sessions that a core moves to one that has come, until each has its share; their clients stay connected.")]
    public int SessionMovesPerSecond { get; init; } = 500;

    [Count(0, 4_096, "topics", "Topics for which one connection remembers whether it may publish; 0 remembers none.")]
    public int PermissionCacheEntries { get; init; } = 16;
}
