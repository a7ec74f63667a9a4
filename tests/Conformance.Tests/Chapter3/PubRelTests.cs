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

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.6.1-1")]
    [Spec("MQTT311-3.6.1-1")]
    public async Task FixedHeader_FlagsOtherThan0010_Closes(MqttVersion version)
    {
        for (var flags = 0; flags <= 0x0F; flags++)
        {
            // 3.1 has DUP there too.
            if (flags == 0x02 || (version == MqttVersion.V31 && flags == 0x0A))
                continue;
            var packet = BadInput.WithFirst(0x60 | flags, Packet.Acknowledge(PacketType.PubRel, 1));
            await broker.ExpectRefusalAsync(version, packet, BadInput.Malformed);
        }
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.6.1-1")]
    [Spec("MQTT311-3.6.1-1")]
    public async Task FixedHeader_OfTheBroker_HasFlags0010(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectSubscribedAsync(version, topic, 2);
        await broker.PublishAsync(version, topic, 2, "x");
        var message = await client.ExpectPublishAsync();
        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync(Packet.Acknowledge(PacketType.PubRec, message.PacketIdentifier));
            Assert.Equal(0x62, (await client.ExpectAsync(PacketType.PubRel)).FirstByte);
        }
    }

    [Fact]
    [Spec("MQTT5-3.6.2-1")]
    public async Task ReasonCode_NotOfTheTable_Closes() => await broker.ExpectOnlyAsync(PacketType.PubRel, AckReasons.OfRelease);

    [Fact]
    [Spec("MQTT5-3.6.2-1")]
    public async Task ReasonCode_OfTheTable_IsAnswered()
    {
        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        foreach (var reason in AckReasons.OfRelease)
        {
            foreach (var packet in AckReasons.Forms(PacketType.PubRel, 5, reason))
            {
                await client.SendAsync(Packet.Publish(MqttVersion.V50, Unique.Topic(), [1], qos: 2, packetIdentifier: 5));
                await client.ExpectAckAsync(PacketType.PubRec, 5);
                await client.SendAsync(packet);
                Assert.Equal(Reason.Success, (await client.ExpectAckAsync(PacketType.PubComp, 5)).ReasonCode);
            }
        }

        await client.ExpectNothingAsync();
    }
}
