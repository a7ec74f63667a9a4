using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.OwnBroker;

/// <summary>Topic Aliases that the broker sets for a subscriber.</summary>
/// <param name="shared">For what needs no options.</param>
public sealed class OutboundAliasTests(BrokerFixture shared)
{
    [Fact]
    [Spec("MQTT5-3.1.2-26")]
    [Spec("MQTT5-3.3.2-11")]
    public async Task TopicAlias_ClientAllowsSome_StandsForItsTopicFromTheSecondOn()
    {
        await using var broker = await OwnBroker.StartAsync("Broker:Limits:MaxOutboundTopicAliases=3");
        for (var qos = 0; qos <= 2; qos++)
            await ExpectAliasesAsync(broker, qos);
    }

    [Theory]
    [InlineData("Broker:Limits:MaxOutboundTopicAliases=0", 10)]
    [InlineData("Broker:Limits:MaxOutboundTopicAliases=32", 0)]
    [Spec("MQTT5-3.1.2-27")]
    public async Task TopicAlias_OneSideAllowsNone_NoneIsSent(string setting, int allowed)
    {
        await using var broker = await OwnBroker.StartAsync(setting);
        await using var v5 = await broker.ConnectAsync(Allowing(allowed));
        await using var v311 = await broker.ConnectAsync(MqttVersion.V311);
        foreach (var client in new[] { v5, v311 })
            await client.SubscribeAsync("some/topic", 0);
        for (var i = 0; i < 5; i++)
        {
            await v5.PublishAsync("some/topic", $"{i}");
            foreach (var client in new[] { v5, v311 })
            {
                var message = await client.ReceiveAsync();
                Assert.Equal(("some/topic", 0), (message.Topic, message.Properties.Count));
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [Spec("MQTT5-3.3.2-7")]
    public async Task TopicAlias_RedeliveryOnTheNextConnection_HasItsTopic(int qos)
    {
        var topic = Unique.Topic();
        var request = ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId());
        request = request with { Properties = [.. request.Properties, TopicAliasMaximum(10)] };
        await using var publisher = await shared.ConnectAsync(MqttVersion.V50);
        await using (var first = await shared.ConnectAsync(request))
        {
            await first.SubscribeAsync(topic, qos);
            for (var i = 0; i < 3; i++)
                await publisher.PublishAsync(topic, $"{i}", qos);
            for (var i = 0; i < 3; i++)
                Assert.Equal(i < 2 ? topic : "", (await first.ExpectPublishAsync()).Topic);
        }

        await using var second = await shared.ConnectAsync(request);
        var aliases = new List<bool>();
        for (var i = 0; i < 3; i++)
        {
            var message = await second.ReceiveAsync();
            Assert.Equal(($"{i}", true), (message.Text, message.Dup));
            Assert.Equal(i < 2 ? topic : "", message.Topic);
            aliases.Add(message.Properties.Has(PropertyId.TopicAlias));
        }

        Assert.Equal([false, true, true], aliases);
    }

    private static async Task ExpectAliasesAsync(OwnBroker broker, int qos)
    {
        await using var subscriber = await broker.ConnectAsync(Allowing(2));
        await subscriber.SubscribeAsync("some/topic/#", qos);
        await using var publisher = await broker.ConnectAsync(MqttVersion.V50);
        var known = new Dictionary<int, string>();
        var used = 0;
        for (var i = 0; i < 60; i++)
        {
            // Each of six topics three times in a row: more topics than aliases.
            var topic = $"some/topic/{i / 3 % 6}";
            await publisher.PublishAsync(topic, topic, qos);
            var message = await subscriber.ReceiveAsync();
            var alias = (int)(message.Properties.Integer(PropertyId.TopicAlias) ?? 0);
            Assert.InRange(alias, 0, 2);
            used += message.Topic.Length == 0 ? 1 : 0;
            if (message.Topic.Length > 0)
                known[alias] = message.Topic;
            Assert.Equal(topic, known[alias]);
            Assert.Equal(topic, message.Text);
        }

        Assert.InRange(used, 10, 60);
    }

    private static byte[] TopicAliasMaximum(int count) => Property.UInt16(PropertyId.TopicAliasMaximum, count);

    private static ConnectRequest Allowing(int aliases) =>
        new(MqttVersion.V50, Unique.ClientId()) { Properties = aliases > 0 ? [TopicAliasMaximum(aliases)] : [] };
}
