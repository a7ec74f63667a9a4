using System.Text;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Mqtt.Packets;

/// <summary>The validated properties of a PUBLISH, as views on the packet's bytes; all absent in 3.x.</summary>
public readonly ref struct PublishProperties
{
    private PublishProperties(ReadOnlySpan<byte> raw, out SpecViolation violation)
    {
        Raw = raw;
        var reader = new PropertyReader(raw, PropertyScope.Publish);
        while (reader.Next())
        {
            ForwardedLength += ForwardedProperties.IsForwarded(reader.Id) ? reader.End - reader.Start : 0;
            switch (reader.Id)
            {
                case PropertyId.PayloadFormatIndicator:
                    HasPayloadFormatIndicator = true;
                    PayloadFormatIndicator = (byte)reader.Number;
                    break;
                case PropertyId.MessageExpiryInterval:
                    HasMessageExpiryInterval = true;
                    MessageExpiryInterval = reader.Number;
                    break;
                case PropertyId.ContentType:
                    HasContentType = true;
                    ContentType = reader.Bytes;
                    break;
                case PropertyId.ResponseTopic:
                    HasResponseTopic = true;
                    ResponseTopic = reader.Bytes;
                    break;
                case PropertyId.CorrelationData:
                    HasCorrelationData = true;
                    CorrelationData = reader.Bytes;
                    break;
                case PropertyId.TopicAlias:
                    TopicAlias = (ushort)reader.Number;
                    break;
                case PropertyId.SubscriptionIdentifier:
                    SubscriptionIdentifierCount++;
                    break;
            }
        }

        violation = reader.Violation;
    }

    /// <summary>The encoded properties without their length, valid as long as the packet's bytes.</summary>
    public ReadOnlySpan<byte> Raw { get; }

    public bool HasPayloadFormatIndicator { get; }

    /// <summary>0 = unspecified bytes, 1 = UTF-8.</summary>
    public byte PayloadFormatIndicator { get; }

    public bool HasMessageExpiryInterval { get; }

    /// <summary>Seconds.</summary>
    public uint MessageExpiryInterval { get; }

    /// <summary>0 = none.</summary>
    public ushort TopicAlias { get; }

    public bool HasContentType { get; }

    public ReadOnlySpan<byte> ContentType { get; }

    public bool HasResponseTopic { get; }

    /// <summary>A valid Topic Name.</summary>
    public ReadOnlySpan<byte> ResponseTopic { get; }

    public bool HasCorrelationData { get; }

    public ReadOnlySpan<byte> CorrelationData { get; }

    /// <summary>From a server only.</summary>
    public int SubscriptionIdentifierCount { get; }

    /// <summary>
    /// Bytes of the properties that a server passes on unaltered and in their order: all but Message Expiry Interval, Topic Alias and Subscription Identifiers.
    /// </summary>
    public int ForwardedLength { get; }

    /// <param name="destination">At least <see cref="ForwardedLength"/> bytes.</param>
    public void WriteForwarded(Span<byte> destination)
    {
        if (ForwardedLength == Raw.Length)
            Raw.CopyTo(destination);
        else
            ForwardedProperties.Copy(Raw, destination);
    }

    /// <summary>Allocates; for clients and tests.</summary>
    public uint[] ReadSubscriptionIdentifiers()
    {
        var identifiers = new uint[SubscriptionIdentifierCount];
        var index = 0;
        var reader = new PropertyReader(Raw, PropertyScope.Publish);
        while (reader.Next())
        {
            if (reader.Id == PropertyId.SubscriptionIdentifier)
                identifiers[index++] = reader.Number;
        }

        return identifiers;
    }

    /// <summary>Allocates; in the packet's order.</summary>
    public IReadOnlyList<UserProperty> ReadUserProperties()
    {
        var properties = new List<UserProperty>();
        var reader = new PropertyReader(Raw, PropertyScope.Publish);
        while (reader.Next())
        {
            if (reader.Id == PropertyId.UserProperty)
                properties.Add(new(Encoding.UTF8.GetString(reader.Name), Encoding.UTF8.GetString(reader.Bytes)));
        }

        return properties;
    }

    /// <summary>Validates encoded properties (without their length) and finds the single ones.</summary>
    internal static SpecViolation Read(ReadOnlySpan<byte> raw, PacketSender sender, out PublishProperties properties)
    {
        if (raw.IsEmpty)
        {
            properties = default;
            return SpecViolation.None;
        }

        properties = new PublishProperties(raw, out var violation);
        return violation == SpecViolation.None && sender == PacketSender.Client && properties.SubscriptionIdentifierCount > 0
            ? SpecViolation.SubscriptionIdentifierFromClient // [MQTT5-3.3.4-6]
            : violation;
    }
}
