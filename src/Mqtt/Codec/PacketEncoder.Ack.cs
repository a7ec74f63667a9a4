using System.Buffers.Binary;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Mqtt.Codec;

/// <content>PUBACK, PUBREC, PUBREL, PUBCOMP.</content>
public static partial class PacketEncoder
{
    /// <summary>Bytes of a whole acknowledgement, see <see cref="WriteAck(Span{byte}, ProtocolVersion, PacketType, ushort, ReasonCode, ReadOnlySpan{byte})"/>.</summary>
    public static int AckLength(ProtocolVersion version, ReasonCode reason, int propertiesLength = 0) =>
        PacketLength(AckRemainingLength(version, reason, propertiesLength));

    /// <summary>Writes a whole acknowledgement without properties: the usual one, and fast. Before 5.0 it has no code; Success is left out.</summary>
    /// <param name="destination"><see cref="MaximumAckLength"/> bytes always suffice.</param>
    /// <returns>The bytes written: 4 or 5.</returns>
    public static int WriteAck(Span<byte> destination, ProtocolVersion version, PacketType type, ushort packetIdentifier, ReasonCode reason)
    {
        // Without properties none makes the packet larger than its receiver takes [MQTT5-3.4.2-2] [MQTT5-3.4.2-3] [MQTT5-3.5.2-2] [MQTT5-3.5.2-3]
        // [MQTT5-3.6.2-2] [MQTT5-3.6.2-3] [MQTT5-3.7.2-2] [MQTT5-3.7.2-3].
        var remaining = AckRemainingLength(version, reason, propertiesLength: 0);
        destination[0] = (byte)(((int)type << 4) | FlagsOf(type));
        destination[1] = (byte)remaining;
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], packetIdentifier); // [MQTT5-2.2.1-5] [MQTT311-2.3.1-6]
        if (remaining > sizeof(ushort))
            destination[4] = (byte)reason;
        return 2 + remaining;
    }

    /// <summary>Writes a whole acknowledgement. Before 5.0 it has neither code nor properties; Success without properties is left out.</summary>
    /// <param name="destination">At least <see cref="AckLength"/> bytes.</param>
    /// <param name="properties">Encoded, without length: Reason String and User Properties.</param>
    /// <returns>The bytes written.</returns>
    public static int WriteAck(
        Span<byte> destination,
        ProtocolVersion version,
        PacketType type,
        ushort packetIdentifier,
        ReasonCode reason,
        ReadOnlySpan<byte> properties)
    {
        var remaining = AckRemainingLength(version, reason, properties.Length);
        var writer = new PacketWriter(destination);
        writer.WriteByte((byte)(((int)type << 4) | FlagsOf(type)));
        writer.WriteVariableByteInteger(remaining);
        writer.WriteUInt16(packetIdentifier);
        if (remaining > sizeof(ushort))
            writer.WriteByte((byte)reason);
        if (remaining > sizeof(ushort) + sizeof(byte))
        {
            writer.WriteVariableByteInteger(properties.Length);
            writer.WriteRaw(properties);
        }

        return writer.Length;
    }

    private static int AckRemainingLength(ProtocolVersion version, ReasonCode reason, int propertiesLength)
    {
        if (version != ProtocolVersion.Mqtt5 || (reason == ReasonCode.Success && propertiesLength == 0))
            return sizeof(ushort);
        if (propertiesLength == 0)
            return sizeof(ushort) + sizeof(byte);
        return sizeof(ushort) + sizeof(byte) + VariableByteInteger.LengthOf(propertiesLength) + propertiesLength;
    }
}
