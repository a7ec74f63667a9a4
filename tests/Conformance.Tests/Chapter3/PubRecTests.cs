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

    [Fact]
    [Spec("MQTT5-3.5.2-1")]
    public async Task ReasonCode_NotOfTheTable_Closes() => await broker.ExpectOnlyAsync(PacketType.PubRec, AckReasons.OfPublish);

    [Fact]
    [Spec("MQTT5-3.5.2-1")]
    public async Task ReasonCode_OfTheTable_IsReleasedBelow0x80AndEndsTheDeliveryFromThere()
    {
        var topic = Unique.Topic();
        var request = new ConnectRequest(MqttVersion.V50, Unique.ClientId()) { Properties = [Property.ReceiveMaximum(1)] };
        await using var client = await broker.ConnectSubscribedAsync(request, topic, 2);
        await using var publisher = await broker.ConnectAsync(MqttVersion.V50);
        foreach (var reason in AckReasons.OfPublish)
        {
            for (var form = 0; form < AckReasons.Forms(PacketType.PubRec, 1, reason).Length; form++)
            {
                await publisher.PublishAsync(topic, $"{reason} {form}", qos: 2);
                var message = await client.ExpectPublishAsync();
                Assert.Equal($"{reason} {form}", message.Text);
                await client.SendAsync(AckReasons.Forms(PacketType.PubRec, message.PacketIdentifier, reason)[form]);
                if (reason >= 0x80)
                    continue;
                Assert.Equal(Reason.Success, (await client.ExpectAckAsync(PacketType.PubRel, message.PacketIdentifier)).ReasonCode);
                await client.SendAsync(Packet.Acknowledge(PacketType.PubComp, message.PacketIdentifier));
            }
        }

        await client.ExpectNothingAsync();
    }
}
