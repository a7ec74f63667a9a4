using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Broker.Subscriptions;

namespace OrleansBroker.Grains.Tests.Sessions;

/// <summary>A journal that keeps nothing; every change has the number 1.</summary>
internal sealed class NoJournal : ISessionJournal
{
    public int MaxLoadedMessages => int.MaxValue;

    public ulong PutHeader(in SessionHeader header) => 1;

    public ulong PutIndexes(bool isAttached, long dueMilliseconds) => 1;

    public ulong PutSubscription(Subscription subscription) => 1;

    public ulong RemoveSubscription(uint version) => 1;

    public ulong PutWill(WillMessage will) => 1;

    public ulong RemoveWill() => 1;

    public ulong PutMessage(in OutboundMessage message, ushort packetIdentifier) => 1;

    public ulong PutIdentifier(long sequence, ushort packetIdentifier, bool released) => 1;

    public ulong RemoveMessage(long sequence, ulong record, ulong identifierRecord) => 1;

    public ulong PutInbound(ushort packetIdentifier, long sequence, Publication publication) => 1;

    public ulong PutSeen(long incarnation, long sequence) => 1;

    public ulong RemoveSeen(long incarnation, long sequence, ulong record) => 1;

    public ulong PutDrops(long incarnation, SessionDrops drops) => 1;

    public ulong RemoveInboundMessage(long sequence) => 1;

    public ulong ReleaseInbound(ushort packetIdentifier, long sequence) => 1;

    public ulong RemoveInbound(long sequence) => 1;
}
