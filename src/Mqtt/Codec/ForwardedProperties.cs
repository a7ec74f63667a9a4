namespace OrleansBroker.Mqtt.Codec;

/// <summary>
/// Filters encoded, already validated properties down to those that a server passes on unaltered and in their order: Payload Format Indicator
/// [MQTT5-3.3.2-4], Response Topic [MQTT5-3.3.2-15], Correlation Data [MQTT5-3.3.2-16], User Properties [MQTT5-3.3.2-17] [MQTT5-3.3.2-18]
/// and Content Type [MQTT5-3.3.2-20].
/// </summary>
internal static class ForwardedProperties
{
    public static int LengthOf(ReadOnlySpan<byte> properties)
    {
        var length = 0;
        var reader = new PropertyReader(properties, PropertyScope.Publish | PropertyScope.Will);
        while (reader.Next())
            length += IsForwarded(reader.Id) ? reader.End - reader.Start : 0;
        return length;
    }

    /// <param name="destination">At least <see cref="LengthOf"/> bytes.</param>
    public static void Copy(ReadOnlySpan<byte> properties, Span<byte> destination)
    {
        var reader = new PropertyReader(properties, PropertyScope.Publish | PropertyScope.Will);
        while (reader.Next())
        {
            if (!IsForwarded(reader.Id))
                continue;
            var property = properties[reader.Start..reader.End];
            property.CopyTo(destination);
            destination = destination[property.Length..];
        }
    }

    public static bool IsForwarded(PropertyId id) => id
        is PropertyId.PayloadFormatIndicator
        or PropertyId.ContentType
        or PropertyId.ResponseTopic
        or PropertyId.CorrelationData
        or PropertyId.UserProperty;
}
