namespace OrleansBroker.TestKit;

/// <summary>Which codes a server may send in packets that have several (MQTT5 sections 3.9.3, 3.11.3 and 3.14.2.1, MQTT311 section 3.9.3).</summary>
internal static class ReasonTables
{
    private static readonly byte[] SubAck = [0x00, 0x01, 0x02, 0x80, 0x83, 0x87, 0x8F, 0x91, 0x97, 0x9E, 0xA1, 0xA2];
    private static readonly byte[] SubAck3 = [0x00, 0x01, 0x02, 0x80];
    private static readonly byte[] UnsubAck = [0x00, 0x11, 0x80, 0x83, 0x87, 0x8F, 0x91];

    private static readonly byte[] Disconnect =
    [
        0x00, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8B, 0x8D, 0x8E, 0x8F, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99,
        0x9A, 0x9B, 0x9C, 0x9D, 0x9E, 0x9F, 0xA0, 0xA1, 0xA2,
    ];

    public static void Check(PacketType type, MqttVersion version, params ReadOnlySpan<byte> codes)
    {
        foreach (var code in codes)
        {
            if (!Of(type, version).Contains(code))
                throw new UnexpectedFrameException($"{type} of {version} must not say 0x{code:X2}");
        }
    }

    private static byte[] Of(PacketType type, MqttVersion version) => (type, version) switch
    {
        (PacketType.SubAck, MqttVersion.V50) => SubAck,
        (PacketType.SubAck, _) => SubAck3,
        (PacketType.UnsubAck, MqttVersion.V50) => UnsubAck,
        (PacketType.Disconnect, MqttVersion.V50) => Disconnect,
        _ => [],
    };
}
