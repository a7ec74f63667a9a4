using OrleansBroker.Broker.Sessions;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Micro.Doubles;

/// <summary>A connection that writes nothing and remembers the last packet identifier.</summary>
internal sealed class CountingConnection : ISessionConnection
{
    public long Count { get; private set; }

    public ushort LastIdentifier { get; private set; }

    public long ConnectionId => 1;

    public SendOutcome Publish(in OutboundPublish publish)
    {
        Count++;
        LastIdentifier = publish.PacketIdentifier;
        return SendOutcome.Sent;
    }

    public void Acknowledge(PacketType type, ushort packetIdentifier, ReasonCode reason) => Count++;

    public void SubAck(SubAckPacket packet) => Count++;

    public void UnsubAck(UnsubAckPacket packet) => Count++;

    public void Close(ReasonCode reason) => Count = 0;
}
