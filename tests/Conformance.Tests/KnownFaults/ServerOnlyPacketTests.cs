using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.KnownFaults;

/// <summary>Packets that only a server may send are a protocol error from a client; brokers have taken them, or fallen over.</summary>
[Spec("MQTT5-4.13.1-1")]
[Spec("MQTT311-4.8.0-1")]
public sealed class ServerOnlyPacketTests(BrokerFixture broker)
{
    public static MatrixTheoryData<MqttVersion, PacketType> Cases =>
        new(Enum.GetValues<MqttVersion>(), [PacketType.ConnAck, PacketType.SubAck, PacketType.UnsubAck, PacketType.PingResp]);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task PacketOfServers_FromAClient_IsAProtocolErrorAndPublishesTheWill(MqttVersion version, PacketType type)
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectSubscribedAsync(version, topic, 0);
        await using var client = await broker.ConnectAsync(
            new ConnectRequest(version, Unique.ClientId()) { Will = new WillRequest(topic, "gone"u8.ToArray()) });
        await client.SendAsync(Build(version, type));
        await client.ExpectDisconnectAsync(Reason.ProtocolError);
        await subscriber.ReceiveAllAsync("gone");
    }

    [Fact]
    [Spec("MQTT5-4.12.0-7")]
    public async Task Auth_WithoutAMethodInConnect_IsAProtocolError()
    {
        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        await client.SendAsync(new byte[] { 0xF0, 0x00 });
        await client.ExpectDisconnectAsync(Reason.ProtocolError);
    }

    /// <summary>Each as a server would build it: nothing but the direction is wrong.</summary>
    private static byte[] Build(MqttVersion version, PacketType type)
    {
        var isVersion5 = version == MqttVersion.V50;
        return type switch
        {
            PacketType.ConnAck => isVersion5 ? [0x20, 0x03, 0x00, 0x00, 0x00] : [0x20, 0x02, 0x00, 0x00],
            PacketType.SubAck => isVersion5 ? [0x90, 0x04, 0x00, 0x01, 0x00, 0x00] : [0x90, 0x03, 0x00, 0x01, 0x00],
            PacketType.UnsubAck => isVersion5 ? [0xB0, 0x04, 0x00, 0x01, 0x00, 0x00] : [0xB0, 0x02, 0x00, 0x01],
            _ => [0xD0, 0x00],
        };
    }
}
