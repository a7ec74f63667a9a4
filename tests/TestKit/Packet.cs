namespace OrleansBroker.TestKit;

/// <summary>Builds the packets a client sends, byte for byte. It checks nothing: tests also build what is illegal.</summary>
public static class Packet
{
    public static byte[] PingReq => [0xC0, 0x00];

    public static byte[] Publish(
        MqttVersion version,
        string topic,
        byte[] payload,
        int qos = 0,
        int packetIdentifier = 0,
        bool retain = false,
        bool dup = false,
        params IEnumerable<byte[]> properties)
    {
        var body = new ByteBuilder().Utf8(topic);
        if (qos > 0)
            body.UInt16(packetIdentifier);
        if (version == MqttVersion.V50)
            body.Properties(properties);
        return body.Raw(payload).ToPacket(0x30 | (dup ? 0x08 : 0) | (qos << 1) | (retain ? 0x01 : 0));
    }

    /// <param name="filters">Each with its options byte; in 3.x that is the QoS.</param>
    public static byte[] Subscribe(
        MqttVersion version,
        int packetIdentifier,
        IEnumerable<(string Filter, int Options)> filters,
        params IEnumerable<byte[]> properties)
    {
        var body = new ByteBuilder().UInt16(packetIdentifier);
        if (version == MqttVersion.V50)
            body.Properties(properties);
        foreach (var (filter, options) in filters)
            body.Utf8(filter).Byte(options);
        return body.ToPacket(0x82);
    }

    public static byte[] Unsubscribe(MqttVersion version, int packetIdentifier, params IEnumerable<string> filters)
    {
        var body = new ByteBuilder().UInt16(packetIdentifier);
        if (version == MqttVersion.V50)
            body.Properties();
        foreach (var filter in filters)
            body.Utf8(filter);
        return body.ToPacket(0xA2);
    }

    /// <summary>PUBACK, PUBREC, PUBREL or PUBCOMP; the reason is written (5.0 only) when it is not success.</summary>
    public static byte[] Acknowledge(PacketType type, int packetIdentifier, byte reason = Reason.Success)
    {
        var body = new ByteBuilder().UInt16(packetIdentifier);
        if (reason != Reason.Success)
            body.Byte(reason);
        return body.ToPacket(((int)type << 4) | (type == PacketType.PubRel ? 0x02 : 0));
    }

    /// <summary>AUTH with method and data, and what else is given.</summary>
    /// <param name="method">Null for none.</param>
    /// <param name="data">Null for none.</param>
    public static byte[] Auth(byte reason, string? method, byte[]? data = null, params IEnumerable<byte[]> properties)
    {
        var all = properties.ToList();
        if (data is not null)
            all.Insert(0, Property.Binary(PropertyId.AuthenticationData, data));
        if (method is not null)
            all.Insert(0, Property.Utf8(PropertyId.AuthenticationMethod, method));
        return new ByteBuilder().Byte(reason).Properties(all).ToPacket(0xF0);
    }

    public static byte[] Disconnect(MqttVersion version, byte reason = Reason.Success, params IReadOnlyList<byte[]> properties)
    {
        if (version != MqttVersion.V50 || (reason == Reason.Success && properties.Count == 0))
            return [0xE0, 0x00];
        return new ByteBuilder().Byte(reason).Properties(properties).ToPacket(0xE0);
    }
}
