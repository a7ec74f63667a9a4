using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.KnownFaults;

/// <summary>An empty client id is legal where the version says so; brokers refuse it, or accept it where it is not.</summary>
public sealed class EmptyClientIdTests(BrokerFixture broker)
{
    [Theory]
    [InlineData(true, 0u)]
    [InlineData(true, 300u)]
    [InlineData(false, 0u)]
    [InlineData(false, 300u)]
    [Spec("MQTT5-3.1.3-6")]
    [Spec("MQTT5-3.1.3-7")]
    [Spec("MQTT5-3.2.2-16")]
    public async Task ClientId_EmptyIn50_IsAssigned(bool cleanStart, uint expiry)
    {
        var request = new ConnectRequest(MqttVersion.V50, "") { CleanStart = cleanStart, Properties = [Property.SessionExpiryInterval(expiry)] };
        var assigned = new HashSet<string>();
        for (var i = 0; i < 3; i++)
        {
            var (client, connAck) = await RawClient.ConnectWithAckAsync(broker.Endpoint, request);
            await using (client)
            {
                Assert.False(connAck.SessionPresent);
                Assert.True(assigned.Add(connAck.Properties.Text(PropertyId.AssignedClientIdentifier)!));
                var topic = Unique.Topic();
                await client.SubscribeAsync(topic, 1);
                await client.PublishAsync(topic, "mine", qos: 1);
                await client.ReceiveAllAsync("mine");
            }
        }

        Assert.All(assigned, static id => Assert.NotEmpty(id));
    }

    [Fact]
    [Spec("MQTT311-3.1.3-6")]
    [Spec("MQTT311-3.1.3-7")]
    public async Task ClientId_EmptyIn311WithCleanSession_IsAccepted()
    {
        await using var first = await broker.ConnectAsync(new ConnectRequest(MqttVersion.V311, ""));
        await using var second = await broker.ConnectAsync(new ConnectRequest(MqttVersion.V311, ""));
        var topic = Unique.Topic();
        await first.SubscribeAsync(topic, 1);
        await second.PublishAsync(topic, "hers", qos: 1);
        await first.ReceiveAllAsync("hers");
        await second.ExpectNothingAsync();
    }
}
