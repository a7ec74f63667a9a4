namespace OrleansBroker.TestKit;

/// <summary>Encodes one property of MQTT 5.0: identifier, then value.</summary>
public static class Property
{
    public static byte[] Byte(PropertyId id, int value) => Start(id).Byte(value).ToArray();

    public static byte[] UInt16(PropertyId id, int value) => Start(id).UInt16(value).ToArray();

    public static byte[] UInt32(PropertyId id, uint value) => Start(id).UInt32(value).ToArray();

    public static byte[] Utf8(PropertyId id, string value) => Start(id).Utf8(value).ToArray();

    public static byte[] Binary(PropertyId id, byte[] value) => Start(id).Binary(value).ToArray();

    public static byte[] SessionExpiryInterval(uint seconds) => UInt32(PropertyId.SessionExpiryInterval, seconds);

    public static byte[] MessageExpiryInterval(uint seconds) => UInt32(PropertyId.MessageExpiryInterval, seconds);

    public static byte[] WillDelayInterval(uint seconds) => UInt32(PropertyId.WillDelayInterval, seconds);

    public static byte[] ReceiveMaximum(int count) => UInt16(PropertyId.ReceiveMaximum, count);

    public static byte[] MaximumPacketSize(uint bytes) => UInt32(PropertyId.MaximumPacketSize, bytes);

    public static byte[] TopicAlias(int alias) => UInt16(PropertyId.TopicAlias, alias);

    public static byte[] SubscriptionIdentifier(int value) =>
        Start(PropertyId.SubscriptionIdentifier).VariableByteInteger(value).ToArray();

    public static byte[] UserProperty(string name, string value) => Start(PropertyId.UserProperty).Utf8(name).Utf8(value).ToArray();

    private static ByteBuilder Start(PropertyId id) => new ByteBuilder().VariableByteInteger((int)id);
}
