using System.Globalization;
using System.Net;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Time;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Scale;

/// <summary>A connection without network whose client acknowledges at once.</summary>
internal sealed class BenchConnection(int index) : IGatewayConnection
{
    private ISessionEntry? _session;

    public string ClientId { get; } = "device-" + index.ToString("D9", CultureInfo.InvariantCulture);

    public long ConnectionId => index + 1L;

    public bool HasClientHungUp => false;

    /// <summary>Its client has always just sent something, so that its keep-alive never ends.</summary>
    public long LastPacketMilliseconds => TimeProvider.System.GetMonotonicMilliseconds();

    public long AcceptedAtMilliseconds => 0;

    public IPEndPoint? Remote => null;

    public long MessagesReceived => 0;

    public long MessagesSent => 0;

    public bool IsSubscribed { get; private set; }

    public void Attached(ISessionEntry session, ConnAckPacket packet) => _session = session;

    public SendOutcome Publish(in OutboundPublish publish)
    {
        if (publish.QoS == QoS.AtLeastOnce)
            _session!.Acknowledge(this, PacketType.PubAck, publish.PacketIdentifier, ReasonCode.Success);
        return SendOutcome.Sent;
    }

    public void Acknowledge(PacketType type, ushort packetIdentifier, ReasonCode reason)
    {
        // QoS 2 is not measured.
    }

    public void SubAck(SubAckPacket packet) => IsSubscribed = packet.ReasonCodes[0] == ReasonCode.GrantedQoS1;

    public void UnsubAck(UnsubAckPacket packet)
    {
        // Nobody unsubscribes.
    }

    public void Close(ReasonCode reason) => _session = null;
}
