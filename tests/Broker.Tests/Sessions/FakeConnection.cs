using System.Text;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Broker.Tests.Sessions;

/// <summary>Keeps what the session sends; its room and largest packet are set by the test.</summary>
internal sealed class FakeConnection(long id) : ISessionConnection
{
    private readonly List<SentPacket> _packets = [];

    public long ConnectionId { get; } = id;

    /// <summary>PUBLISHes that still find room.</summary>
    public int Room { get; set; } = int.MaxValue;

    /// <summary>Bodies above this do not fit into the client's Maximum Packet Size.</summary>
    public int MaximumBytes { get; set; } = int.MaxValue;

    /// <summary>The socket is gone, the session does not know yet.</summary>
    public bool IsBroken { get; set; }

    /// <summary>The session was told that there is no room and waits to hear of some.</summary>
    public bool AwaitsRoom { get; set; }

    /// <summary>Sees every packet as it is sent.</summary>
    public Action<SentPacket>? OnSent { get; set; }

    public ReasonCode? ClosedWith { get; private set; }

    public IReadOnlyList<SentPacket> Packets => _packets;

    /// <summary>Versions of the subscriptions whose retained messages have all been sent, each with the number of packets then.</summary>
    public List<(uint Version, int Packets)> RetainedEnds { get; } = [];

    /// <summary>What was sent since the last call, as text.</summary>
    public string[] Take()
    {
        var taken = _packets.ConvertAll(static packet => packet.ToString());
        _packets.Clear();
        return [.. taken];
    }

    public SentPacket TakeOne()
    {
        var packet = Assert.Single(_packets);
        _packets.Clear();
        return packet;
    }

    public SendOutcome Publish(in OutboundPublish publish)
    {
        if (IsBroken) return SendOutcome.Closed;
        if (publish.Message.SizeBytes > MaximumBytes) return SendOutcome.TooLarge;
        if (Room == 0)
        {
            AwaitsRoom = true;
            return SendOutcome.Full;
        }

        Room--;
        Add(new SentPacket(PacketType.Publish, publish.PacketIdentifier, Encoding.UTF8.GetString(publish.Message.Payload))
        {
            QoS = publish.QoS,
            Duplicate = publish.Duplicate,
            Retain = publish.Retain,
            SubscriptionIdentifiers = publish.SubscriptionIdentifiers,
        });
        return SendOutcome.Sent;
    }

    public void Acknowledge(PacketType type, ushort packetIdentifier, ReasonCode reason) => Add(new SentPacket(type, packetIdentifier, Reason: reason));

    public void SubAck(SubAckPacket packet) => throw new NotSupportedException("The grain's part.");

    public void UnsubAck(UnsubAckPacket packet) => throw new NotSupportedException("The grain's part.");

    public void RetainedSent(uint version) => RetainedEnds.Add((version, _packets.Count));

    public void Close(ReasonCode reason)
    {
        Assert.Null(ClosedWith);
        ClosedWith = reason;
    }

    private void Add(SentPacket packet)
    {
        Assert.Null(ClosedWith);
        _packets.Add(packet);
        OnSent?.Invoke(packet);
    }
}
