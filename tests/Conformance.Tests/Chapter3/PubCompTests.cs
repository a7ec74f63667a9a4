using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter3;

/// <summary>MQTT5 section 3.7, PUBCOMP.</summary>
public sealed class PubCompTests(BrokerFixture broker)
{
    [Fact]
    [Spec("MQTT5-3.7.2-1")]
    public async Task ReasonCode_NotOfTheTable_Closes() => await broker.ExpectOnlyAsync(PacketType.PubComp, AckReasons.OfRelease);

    [Fact]
    [Spec("MQTT5-3.7.2-1")]
    public async Task ReasonCode_OfTheTable_EndsTheDelivery()
    {
        var topic = Unique.Topic();
        var request = new ConnectRequest(MqttVersion.V50, Unique.ClientId()) { Properties = [Property.ReceiveMaximum(1)] };
        await using var client = await broker.ConnectSubscribedAsync(request, topic, 2);
        await using var publisher = await broker.ConnectAsync(MqttVersion.V50);
        foreach (var reason in AckReasons.OfRelease)
        {
            for (var form = 0; form < AckReasons.Forms(PacketType.PubComp, 1, reason).Length; form++)
            {
                await publisher.PublishAsync(topic, $"{reason} {form}", qos: 2);
                var message = await client.ExpectPublishAsync();
                Assert.Equal($"{reason} {form}", message.Text);
                await client.SendAsync(Packet.Acknowledge(PacketType.PubRec, message.PacketIdentifier));
                await client.ExpectAckAsync(PacketType.PubRel, message.PacketIdentifier);
                await client.SendAsync(AckReasons.Forms(PacketType.PubComp, message.PacketIdentifier, reason)[form]);
            }
        }

        await client.ExpectNothingAsync();
    }
}
