using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Micro.Doubles;

/// <summary>Takes every connection at once, and whatever it sends.</summary>
internal sealed class AttachingSessions : ISessionControl, ISessionEntry
{
    public ValueTask<ReasonCode> ConnectAsync(ConnectParameters parameters, IGatewayConnection connection, CancellationToken cancellationToken)
    {
        connection.Attached(this, new ConnAckPacket());
        return ValueTask.FromResult(ReasonCode.Success);
    }

    public ValueTask SubscribeAsync(string clientId, long connectionId, SubscribePacket packet, ReasonCode[] refusals) => ValueTask.CompletedTask;

    public ValueTask UnsubscribeAsync(string clientId, long connectionId, UnsubscribePacket packet) => ValueTask.CompletedTask;

    public ValueTask DisconnectAsync(string clientId, long connectionId, ConnectionEnd end) => ValueTask.CompletedTask;

    public bool Acknowledge(ISessionConnection connection, PacketType type, ushort packetIdentifier, ReasonCode reason) => true;

    public bool PublishExactlyOnce(ISessionConnection connection, Publication publication) => true;

    public bool RefuseOverdue(ISessionConnection connection, ushort packetIdentifier) => true;

    public bool OutputDrained(ISessionConnection connection) => true;
}
