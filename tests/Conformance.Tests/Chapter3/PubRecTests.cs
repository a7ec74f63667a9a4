using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter3;

/// <summary>MQTT section 3.5, PUBREC.</summary>
public sealed class PubRecTests(BrokerFixture broker)
{
    [Fact]
    public async Task PubRec_OfAnUnknownIdentifier_IsAnsweredWithItsReason()
    {
        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        await client.SendAsync(Packet.Acknowledge(PacketType.PubRec, 77));
        Assert.Equal(Reason.PacketIdentifierNotFound, (await client.ExpectAckAsync(PacketType.PubRel, 77)).ReasonCode);
    }
}
