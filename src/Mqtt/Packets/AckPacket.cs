using System.Text;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Mqtt.Packets;

/// <summary>PUBACK, PUBREC, PUBREL or PUBCOMP (MQTT5 sections 3.4 to 3.7) as views on the packet's bytes: valid as long as those are.</summary>
public readonly ref struct AckPacket
{
    public PacketType Type { get; init; }

    /// <summary>Never 0.</summary>
    public ushort PacketIdentifier { get; init; }

    /// <summary>Success in 3.x.</summary>
    public ReasonCode ReasonCode { get; init; }

    /// <summary>The validated, encoded properties (Reason String, User Properties) without their length.</summary>
    public ReadOnlySpan<byte> Properties { get; init; }

    /// <summary>Encodes <see cref="Properties"/>; allocates.</summary>
    public static byte[] EncodeProperties(string? reasonString, IReadOnlyList<UserProperty> userProperties)
    {
        var counter = default(PacketWriter);
        WriteProperties(ref counter, reasonString, userProperties);
        var encoded = new byte[counter.Length];
        var writer = new PacketWriter(encoded);
        WriteProperties(ref writer, reasonString, userProperties);
        return encoded;
    }

    /// <summary>Allocates; null when absent.</summary>
    public string? ReadReasonString()
    {
        var reader = new PropertyReader(Properties, PropertyScope.PubAck);
        while (reader.Next())
        {
            if (reader.Id == PropertyId.ReasonString)
                return Encoding.UTF8.GetString(reader.Bytes);
        }

        return null;
    }

    /// <summary>Allocates; in the packet's order.</summary>
    public IReadOnlyList<UserProperty> ReadUserProperties()
    {
        var properties = new List<UserProperty>();
        var reader = new PropertyReader(Properties, PropertyScope.PubAck);
        while (reader.Next())
        {
            if (reader.Id == PropertyId.UserProperty)
                properties.Add(new(Encoding.UTF8.GetString(reader.Name), Encoding.UTF8.GetString(reader.Bytes)));
        }

        return properties;
    }

    private static void WriteProperties(ref PacketWriter writer, string? reasonString, IReadOnlyList<UserProperty> userProperties)
    {
        writer.WriteProperty(PropertyId.ReasonString, reasonString);
        writer.WriteUserProperties(userProperties);
    }
}
