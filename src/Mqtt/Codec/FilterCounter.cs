using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Mqtt.Codec;

/// <summary>Counts the filters of a SUBSCRIBE or UNSUBSCRIBE before anything is made of them: a packet of 2 MiB may hold half a million.</summary>
internal static class FilterCounter
{
    /// <returns>As many as there are before the first byte that cannot be read: what is wrong with it, the decoder says.</returns>
    public static int Count(ProtocolVersion version, PacketType type, ReadOnlySpan<byte> body)
    {
        var reader = new PacketReader(body);
        reader.ReadUInt16();
        if (version == ProtocolVersion.Mqtt5)
            reader.Take(reader.ReadVariableByteInteger());

        var count = 0;
        while (!reader.IsDone)
        {
            reader.ReadBinary();
            if (type == PacketType.Subscribe)
                reader.ReadByte();
            count += reader.Failed ? 0 : 1;
        }

        return count;
    }
}
