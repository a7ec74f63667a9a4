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

    [Fact]
    [Spec("MQTT5-3.4.2-1")]
    public async Task ReasonCode_NotOfTheTable_Closes() => await broker.ExpectOnlyAsync(PacketType.PubAck, AckReasons.OfPublish);

    [Fact]
    [Spec("MQTT5-3.4.2-1")]
    public async Task ReasonCode_OfTheTable_EndsTheDelivery()
    {
        var topic = Unique.Topic();
        var request = new ConnectRequest(MqttVersion.V50, Unique.ClientId()) { Properties = [Property.ReceiveMaximum(1)] };
        await using var client = await broker.ConnectSubscribedAsync(request, topic, 1);
        await using var publisher = await broker.ConnectAsync(MqttVersion.V50);
        foreach (var reason in AckReasons.OfPublish)
        {
            for (var form = 0; form < AckReasons.Forms(PacketType.PubAck, 1, reason).Length; form++)
            {
                await publisher.PublishAsync(topic, $"{reason} {form}", qos: 1);
                var message = await client.ExpectPublishAsync();
                Assert.Equal($"{reason} {form}", message.Text);
                await client.SendAsync(AckReasons.Forms(PacketType.PubAck, message.PacketIdentifier, reason)[form]);
            }
        }

        await client.ExpectNothingAsync();
    }
}
