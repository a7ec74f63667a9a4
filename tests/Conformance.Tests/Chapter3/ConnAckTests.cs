using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter3;

/// <summary>MQTT section 3.2, CONNACK.</summary>
public sealed class ConnAckTests(BrokerFixture broker)
{
    [Fact]
    [Spec("MQTT5-3.2.2-15")]
    public async Task MaximumPacketSize_OfTheServerExceeded_ClosesBeforeTheBodyComes()
    {
        var (client, connAck) = await RawClient.ConnectWithAckAsync(broker.Tcp, new ConnectRequest(MqttVersion.V50, Unique.ClientId()));
        await using (client)
        {
            Assert.SkipWhen(!connAck.Properties.Has(PropertyId.MaximumPacketSize), "this broker has no maximum");
            var maximum = (int)connAck.Properties.Integer(PropertyId.MaximumPacketSize)!.Value;
            await client.SendAsync(new ByteBuilder().Byte(0x30).VariableByteInteger(maximum).Utf8("topic").ToArray());
            await client.ExpectDisconnectAsync(Reason.PacketTooLarge);
        }
    }
}
