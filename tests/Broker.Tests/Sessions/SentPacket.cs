using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Broker.Tests.Sessions;

/// <summary>A packet that a session gave its connection. Text is the payload of a PUBLISH, otherwise empty.</summary>
internal sealed record SentPacket(PacketType Type, ushort Identifier, string Text = "", ReasonCode Reason = ReasonCode.Success)
{
    public QoS QoS { get; init; }

    public bool Duplicate { get; init; }

    public bool Retain { get; init; }

    public uint[]? SubscriptionIdentifiers { get; init; }

    /// <summary>As tests write it: <c>PUBLISH 1 m</c>, <c>PUBLISH 1 m dup</c>, <c>PUBREL 1</c>; a reason other than success follows.</summary>
    public override string ToString()
    {
        var text = Type.ToString().ToUpperInvariant() + (Identifier == 0 ? "" : $" {Identifier}");
        if (Type == PacketType.Publish) text += $" {Text}" + (Duplicate ? " dup" : "") + (Retain ? " retain" : "");
        return Reason == ReasonCode.Success ? text : $"{text} {Reason}";
    }
}
