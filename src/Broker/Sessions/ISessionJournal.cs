using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Subscriptions;

namespace OrleansBroker.Broker.Sessions;

/// <summary>
/// Where a durable session records its changes. Every call encodes one record under the session's monitor
/// (memory only) and returns its number; what promises something leaves when <see cref="Session.Committed"/>
/// has passed that number (invariant B5).
/// </summary>
public interface ISessionJournal
{
    /// <summary>
    /// How many messages of a queue stay loaded, 16 or more: the rest is read back from the journal when the client has taken these. As many as there are where reading
    /// back saves nothing.
    /// </summary>
    int MaxLoadedMessages { get; }

    ulong PutHeader(in SessionHeader header);

    /// <summary>
    /// Where the session is found though nobody has it active, with what was appended before (invariant B9): among those attached to this node while it has a connection
    /// here, by the time at which something is due while it has none.
    /// </summary>
    /// <param name="dueMilliseconds">Monotonic; <see cref="Session.Never"/> for none.</param>
    ulong PutIndexes(bool isAttached, long dueMilliseconds);

    ulong PutSubscription(Subscription subscription);

    ulong RemoveSubscription(uint version);

    ulong PutWill(WillMessage will);

    ulong RemoveWill();

    /// <summary>A QoS 1 or 2 message for this session; <paramref name="packetIdentifier"/> 0 while it is queued.</summary>
    ulong PutMessage(in OutboundMessage message, ushort packetIdentifier);

    /// <summary>The message has been given a packet identifier, or its PUBREC has come (<paramref name="released"/>).</summary>
    ulong PutIdentifier(long sequence, ushort packetIdentifier, bool released);

    /// <summary>
    /// The message has ended, and then its identifier: a message without it would be sent again. What is not yet written is never written.
    /// </summary>
    /// <param name="record">What <see cref="PutMessage"/> returned.</param>
    /// <param name="identifierRecord">What the last <see cref="PutIdentifier"/> returned, or 0.</param>
    ulong RemoveMessage(long sequence, ulong record, ulong identifierRecord);

    /// <summary>
    /// An incoming QoS 2 message, then its identifier (invariant B6). A message without identifier is none: its PUBREC never left and the
    /// client sends it again.
    /// </summary>
    ulong PutInbound(ushort packetIdentifier, long sequence, Publication publication);

    /// <summary>PUBREL while the message is on its way to its shard: the identifier may be used anew, the message stays.</summary>
    ulong ReleaseInbound(ushort packetIdentifier, long sequence);

    /// <summary>A QoS 2 message of another session is taken, which that may hand on again.</summary>
    ulong PutSeen(long incarnation, long sequence);

    /// <param name="record">What <see cref="PutSeen"/> returned.</param>
    ulong RemoveSeen(long incarnation, long sequence, ulong record);

    /// <summary>What the session of this incarnation has dropped. Nothing is promised by it: it is written when the session leaves memory.</summary>
    ulong PutDrops(long incarnation, SessionDrops drops);

    /// <summary>The shard is done with the message.</summary>
    ulong RemoveInboundMessage(long sequence);

    /// <summary>The identifier may be used anew, and no message needs it any more.</summary>
    ulong RemoveInbound(long sequence);
}
