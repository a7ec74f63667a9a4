using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Mqtt.Codec;

/// <summary>The fixed header of a packet.</summary>
/// <param name="Type">1..15.</param>
/// <param name="Flags">Bits 3-0 of the first byte.</param>
/// <param name="HeaderLength">2..5 bytes.</param>
/// <param name="RemainingLength">0..268 435 455 bytes: the body that follows the header.</param>
public readonly record struct FrameHeader(PacketType Type, byte Flags, int HeaderLength, int RemainingLength)
{
    /// <summary>Header and body; at most <see cref="PacketEncoder.MaximumPacketLength"/>.</summary>
    public int PacketLength => HeaderLength + RemainingLength;

    /// <summary>Remaining Length has more bytes than it needs: forbidden in 5.0 [MQTT5-1.5.5-1].</summary>
    public bool IsPadded => HeaderLength - 1 != VariableByteInteger.LengthOf(RemainingLength);
}
