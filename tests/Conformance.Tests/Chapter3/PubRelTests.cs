using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter3;

/// <summary>MQTT section 3.6, PUBREL.</summary>
public sealed class PubRelTests(BrokerFixture broker)
{
    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-4.3.3-11")]
    public async Task PubRel_OfAnUnknownIdentifier_IsAnswered(MqttVersion version)
    {
        await using var client = await broker.ConnectAsync(version);
        await client.SendAsync(Packet.Acknowledge(PacketType.PubRel, 77));
        var pubComp = await client.ExpectAckAsync(PacketType.PubComp, 77);
        Assert.Equal(version == MqttVersion.V50 ? Reason.PacketIdentifierNotFound : Reason.Success, pubComp.ReasonCode);
    }
}
