using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Mqtt.Tests.Cases;

/// <summary>A PUBACK, PUBREC, PUBREL or PUBCOMP as a value.</summary>
internal sealed record AckValue(PacketType Type, ushort PacketIdentifier, ReasonCode ReasonCode = ReasonCode.Success, string? ReasonString = null)
{
    public IReadOnlyList<UserProperty> UserProperties { get; init; } = [];

    public static AckValue Of(AckPacket packet) => new(packet.Type, packet.PacketIdentifier, packet.ReasonCode, packet.ReadReasonString())
    {
        UserProperties = packet.ReadUserProperties(),
    };

    public byte[] Encode(ProtocolVersion version)
    {
        var properties = AckPacket.EncodeProperties(ReasonString, UserProperties);
        var bytes = new byte[PacketEncoder.AckLength(version, ReasonCode, properties.Length)];
        Assert.Equal(bytes.Length, PacketEncoder.WriteAck(bytes, version, Type, PacketIdentifier, ReasonCode, properties));
        return bytes;
    }
}
