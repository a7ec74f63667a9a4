using System.Text;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Mqtt.Packets;

/// <summary>
/// The properties that a server passes on unaltered, as an object: for messages that the program itself makes or shows. Messages on
/// their way keep them encoded (<see cref="PublishProperties.WriteForwarded"/>).
/// </summary>
public sealed record MessageProperties
{
    /// <summary>Null = absent, false = unspecified bytes, true = UTF-8.</summary>
    public bool? PayloadIsUtf8 { get; init; }

    public string? ContentType { get; init; }

    /// <summary>A valid Topic Name.</summary>
    public string? ResponseTopic { get; init; }

    public byte[]? CorrelationData { get; init; }

    public IReadOnlyList<UserProperty> UserProperties { get; init; } = [];

    /// <summary>Reads encoded properties without their length; those that are not forwarded are passed over.</summary>
    /// <param name="properties">Null with a violation.</param>
    public static SpecViolation Decode(ReadOnlySpan<byte> encoded, out MessageProperties? properties)
    {
        var violation = PublishProperties.Read(encoded, PacketSender.Server, out var view);
        properties = violation != SpecViolation.None ? null : new MessageProperties
        {
            PayloadIsUtf8 = view.HasPayloadFormatIndicator ? view.PayloadFormatIndicator == 1 : null,
            ContentType = view.HasContentType ? Encoding.UTF8.GetString(view.ContentType) : null,
            ResponseTopic = view.HasResponseTopic ? Encoding.UTF8.GetString(view.ResponseTopic) : null,
            CorrelationData = view.HasCorrelationData ? view.CorrelationData.ToArray() : null,
            UserProperties = view.ReadUserProperties(),
        };
        return violation;
    }

    /// <summary>Encodes without length, as <see cref="WillPacket.ForwardedProperties"/> and <see cref="PacketEncoder.WritePublish"/> want it.</summary>
    /// <exception cref="OverflowException">A string or binary is longer than 65,535 bytes.</exception>
    public byte[] Encode()
    {
        var counter = default(PacketWriter);
        Write(ref counter);
        var encoded = new byte[counter.Length];
        var writer = new PacketWriter(encoded);
        Write(ref writer);
        return encoded;
    }

    private void Write(ref PacketWriter writer)
    {
        writer.WriteProperty(PropertyId.PayloadFormatIndicator, PayloadIsUtf8 is { } isUtf8 ? isUtf8 ? 1u : 0u : null);
        writer.WriteProperty(PropertyId.ContentType, ContentType);
        writer.WriteProperty(PropertyId.ResponseTopic, ResponseTopic);
        writer.WriteProperty(PropertyId.CorrelationData, CorrelationData);
        writer.WriteUserProperties(UserProperties);
    }
}
