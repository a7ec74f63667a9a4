using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter3;

/// <summary>MQTT section 3.3.2.3.4, topic aliases.</summary>
public sealed class PublishTopicAliasTests(BrokerFixture broker)
{
    [Fact]
    [Spec("MQTT5-3.3.2-12")]
    public async Task TopicAlias_SetUsedAndChanged_StandsForItsTopic()
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectAsync(MqttVersion.V50);
        await subscriber.SubscribeAsync($"{topic}/+", 2);
        var (publisher, maximum) = await ConnectWithAliasesAsync();
        await using (publisher)
        {
            Assert.SkipWhen(maximum == 0, "this broker takes no aliases");
            for (var qos = 0; qos <= 2; qos++)
            {
                await publisher.PublishAsync($"{topic}/a{qos}", "set", qos, false, Property.TopicAlias(maximum));
                await publisher.PublishAsync("", "used", qos, false, Property.TopicAlias(maximum));
            }
        }

        for (var qos = 0; qos <= 2; qos++)
        {
            foreach (var text in new[] { "set", "used" })
            {
                var message = await subscriber.ReceiveAsync();
                Assert.Equal(($"{topic}/a{qos}", text), (message.Topic, message.Text));
                Assert.False(message.Properties.Has(PropertyId.TopicAlias));
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [Spec("MQTT5-3.3.2-10")]
    public async Task TopicAlias_EveryOneUpToTheMaximum_IsTaken(int qos)
    {
        const int Most = 200; // of a broker that takes more, these and its last
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectSubscribedAsync(MqttVersion.V50, $"{topic}/+", qos);
        var (publisher, maximum) = await ConnectWithAliasesAsync();
        await using (publisher)
        {
            Assert.SkipWhen(maximum == 0, "this broker takes no aliases");
            int[] aliases = [.. Enumerable.Range(1, Math.Min(maximum, Most)), maximum];
            foreach (var alias in aliases)
            {
                await publisher.PublishAsync($"{topic}/{alias}", "set", qos, false, Property.TopicAlias(alias));
                Assert.Equal($"{topic}/{alias}", (await subscriber.ReceiveAsync()).Topic);
            }

            foreach (var alias in aliases)
            {
                await publisher.PublishAsync("", "used", qos, false, Property.TopicAlias(alias));
                var message = await subscriber.ReceiveAsync();
                Assert.Equal(($"{topic}/{alias}", "used"), (message.Topic, message.Text));
            }
        }
    }

    [Fact]
    [Spec("MQTT5-3.3.2-7")]
    public async Task TopicAlias_OfAnEarlierConnection_IsForgotten()
    {
        var request = ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId());
        await using (var first = await broker.ConnectAsync(request))
            await first.PublishAsync(Unique.Topic(), "set", 1, false, Property.TopicAlias(1));
        await using var second = await broker.ConnectAsync(request);
        await second.SendAsync(Packet.Publish(MqttVersion.V50, "", [1], properties: [Property.TopicAlias(1)]));
        await second.ExpectDisconnectAsync(Reason.ProtocolError, Reason.TopicAliasInvalid);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [Spec("MQTT5-3.2.2-17")]
    [Spec("MQTT5-3.3.2-8")]
    [Spec("MQTT5-3.3.2-9")]
    public async Task TopicAlias_ZeroOrAboveTheMaximum_Closes(int above)
    {
        var (client, maximum) = await ConnectWithAliasesAsync();
        await using (client)
        {
            Assert.SkipWhen(above > 0 && maximum == 65_535, "there is no higher alias");
            var alias = above > 0 ? maximum + above : 0;
            await client.SendAsync(Packet.Publish(MqttVersion.V50, Unique.Topic(), [1], properties: [Property.TopicAlias(alias)]));
            // Which code an alias of 0 gets, the standard does not say.
            byte[] reasons = above > 0
                ? [Reason.TopicAliasInvalid]
                : [Reason.TopicAliasInvalid, Reason.ProtocolError, Reason.MalformedPacket];
            await client.ExpectDisconnectAsync(reasons);
        }
    }

    private async Task<(RawClient Client, int Maximum)> ConnectWithAliasesAsync()
    {
        var (client, connAck) = await RawClient.ConnectWithAckAsync(broker.Endpoint, new ConnectRequest(MqttVersion.V50, Unique.ClientId()));
        return (client, (int?)connAck.Properties.Integer(PropertyId.TopicAliasMaximum) ?? 0);
    }
}
