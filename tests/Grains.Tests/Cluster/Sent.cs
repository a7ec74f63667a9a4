using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>Something that a session sent to its connection.</summary>
public abstract record Sent
{
    public sealed record Attached(bool SessionPresent) : Sent;

    public sealed record Message(string Topic, string Payload, ushort Id, QoS QoS, bool Duplicate, bool Retain) : Sent
    {
        /// <summary>Null when there are none, so that messages compare by value.</summary>
        public string? Identifiers { get; init; }
    }

    public sealed record Ack(PacketType Type, ushort Id, ReasonCode Reason = ReasonCode.Success) : Sent;

    public sealed record SubAck(ushort Id, string Codes) : Sent;

    public sealed record UnsubAck(ushort Id, string Codes) : Sent;

    public sealed record Closed(ReasonCode Reason) : Sent
    {
        public string? ServerReference { get; init; }
    }
}
