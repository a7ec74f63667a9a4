using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Broker.Subscriptions;

namespace OrleansBroker.Micro.Doubles;

/// <summary>Numbers records and keeps none.</summary>
internal sealed class CountingJournal : ISessionJournal
{
    public ulong Last { get; private set; }

    public int MaxLoadedMessages => int.MaxValue;

    public ulong PutHeader(in SessionHeader header) => ++Last;

    public ulong PutIndexes(bool isAttached, long dueMilliseconds) => ++Last;

    public ulong PutSeen(long incarnation, long sequence) => ++Last;

    public ulong RemoveSeen(long incarnation, long sequence, ulong record) => ++Last;

    public ulong PutSubscription(Subscription subscription) => ++Last;

    public ulong RemoveSubscription(uint version) => ++Last;

    public ulong PutWill(WillMessage will) => ++Last;

    public ulong RemoveWill() => ++Last;

    public ulong PutMessage(in OutboundMessage message, ushort packetIdentifier) => ++Last;

    public ulong PutIdentifier(long sequence, ushort packetIdentifier, bool released) => ++Last;

    public ulong RemoveMessage(long sequence, ulong record, ulong identifierRecord) => ++Last;

    public ulong PutInbound(ushort packetIdentifier, long sequence, Publication publication) => ++Last;

    public ulong ReleaseInbound(ushort packetIdentifier, long sequence) => ++Last;

    public ulong PutDrops(long incarnation, SessionDrops drops) => ++Last;

    public ulong RemoveInboundMessage(long sequence) => ++Last;

    public ulong RemoveInbound(long sequence) => ++Last;
}
