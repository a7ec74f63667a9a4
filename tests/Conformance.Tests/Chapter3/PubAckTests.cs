using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter3;

/// <summary>MQTT section 3.4, PUBACK.</summary>
public sealed class PubAckTests(BrokerFixture broker)
{
    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Acknowledgement_OfAnUnknownIdentifier_DoesNoHarm(MqttVersion version)
    {
        await using var client = await broker.ConnectAsync(version);
        await client.SendAsync(Packet.Acknowledge(PacketType.PubAck, 77));
        await client.SendAsync(Packet.Acknowledge(PacketType.PubComp, 78));
        await client.ExpectNothingAsync();
    }
}
