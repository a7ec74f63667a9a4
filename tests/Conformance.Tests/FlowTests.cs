using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests;

/// <summary>Receive Maximum, Maximum Packet Size and Topic Alias of 5.0, both ways.</summary>
public sealed class FlowTests(BrokerFixture broker)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 3)]
    [InlineData(2, 1)]
    [InlineData(2, 3)]
    [Spec("MQTT5-3.3.4-9")]
    [Spec("MQTT5-4.9.0-1")]
    [Spec("MQTT5-4.9.0-2")]
    public async Task ReceiveMaximum_OfTheClient_BoundsWhatIsUnderWay(int qos, int maximum)
    {
        const int Count = 10;
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectAsync(new ConnectRequest(MqttVersion.V50, Unique.ClientId())
        {
            Properties = [Property.ReceiveMaximum(maximum)],
        });
        await subscriber.SubscribeAsync(topic, qos);
        await using var publisher = await broker.ConnectAsync(MqttVersion.V50);
        for (var i = 0; i < Count; i++)
            await publisher.PublishAsync(topic, $"{i}", qos);

        var underWay = new Queue<PublishFrame>();
        for (var i = 0; i < maximum; i++)
            underWay.Enqueue(await subscriber.ExpectPublishAsync());
        await subscriber.ExpectNothingAsync(Quiet);
        for (var i = 0; i < Count; i++)
        {
            Assert.Equal($"{i}", underWay.Peek().Text);
            await subscriber.CompleteAsync(underWay.Dequeue());
            if (i + maximum < Count)
                underWay.Enqueue(await subscriber.ExpectPublishAsync());
            await subscriber.ExpectNothingAsync();
        }
    }

    [Fact]
    [Spec("MQTT5-3.3.4-10")]
    [Spec("MQTT5-4.9.0-3")]
    public async Task ReceiveMaximum_Full_QoS0AndAcksGoOn()
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectAsync(new ConnectRequest(MqttVersion.V50, Unique.ClientId())
        {
            Properties = [Property.ReceiveMaximum(1)],
        });
        await subscriber.SubscribeAsync($"{topic}/+", 1);
        await using var publisher = await broker.ConnectAsync(MqttVersion.V50);
        await publisher.PublishAsync($"{topic}/1", "first", qos: 1);
        await publisher.PublishAsync($"{topic}/1", "waits", qos: 1);
        await publisher.PublishAsync($"{topic}/0", "qos 0");

        var first = await subscriber.ExpectPublishAsync();
        Assert.Equal("first", first.Text);
        Assert.Equal("qos 0", (await subscriber.ExpectPublishAsync()).Text);
        await subscriber.PublishAsync(Unique.Topic(), "own", qos: 2);
        await subscriber.CompleteAsync(first);
        Assert.Equal("waits", (await subscriber.ReceiveAsync()).Text);
    }

    [Fact]
    [Spec("MQTT5-3.3.4-7")]
    public async Task ReceiveMaximum_OfTheServerExceeded_Closes()
    {
        var (client, connAck) = await RawClient.ConnectWithAckAsync(broker.Tcp, new ConnectRequest(MqttVersion.V50, Unique.ClientId()));
        await using (client)
        {
            var maximum = (int?)connAck.Properties.Integer(PropertyId.ReceiveMaximum) ?? 65_535;
            Assert.SkipWhen(maximum == 65_535, "there are no more packet identifiers than this maximum");
            // QoS 2 without PUBREL: each takes a place until PUBCOMP.
            for (var i = 1; i <= maximum + 1; i++)
                await client.SendAsync(Packet.Publish(MqttVersion.V50, Unique.Topic(), [1], qos: 2, packetIdentifier: i));
            for (var i = 1; i <= maximum; i++)
            {
                var frame = await client.NextAsync();
                if (frame.Type == PacketType.Disconnect)
                {
                    Assert.Equal(Reason.ReceiveMaximumExceeded, frame.ToDisconnect().ReasonCode);
                    return;
                }

                Assert.Equal(PacketType.PubRec, frame.Type);
            }

            await client.ExpectDisconnectAsync(Reason.ReceiveMaximumExceeded);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [Spec("MQTT5-3.1.2-24")]
    [Spec("MQTT5-3.1.2-25")]
    public async Task MaximumPacketSize_OfTheClient_DropsLargerAndGoesOn(int qos)
    {
        const int Maximum = 100;
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectAsync(new ConnectRequest(MqttVersion.V50, Unique.ClientId())
        {
            Properties = [Property.MaximumPacketSize(Maximum), Property.ReceiveMaximum(1)],
        });
        await subscriber.SubscribeAsync(topic, qos);
        await using var publisher = await broker.ConnectAsync(MqttVersion.V50);

        // Type, length, topic with its length, properties' length, identifier from QoS 1 on: the rest is payload.
        var overhead = 1 + 1 + 2 + topic.Length + 1 + (qos > 0 ? 2 : 0);
        await publisher.PublishAsync(topic, new byte[Maximum - overhead + 1], qos, retain: false);
        await publisher.PublishAsync(topic, new byte[Maximum - overhead], qos, retain: false);
        Assert.Equal(Maximum - overhead, (await subscriber.ReceiveAsync()).Payload.Length);
        await subscriber.ExpectNothingAsync();
    }

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

    [Fact]
    [Spec("MQTT5-3.1.2-27")]
    public async Task TopicAlias_ClientAllowsNone_NoneIsSent()
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        await client.SubscribeAsync(topic, 1);
        for (var i = 0; i < 20; i++)
        {
            await client.PublishAsync(topic, "x", qos: 1);
            var message = await client.ReceiveAsync();
            Assert.Equal(topic, message.Topic);
            Assert.False(message.Properties.Has(PropertyId.TopicAlias));
        }
    }

    private async Task<(RawClient Client, int Maximum)> ConnectWithAliasesAsync()
    {
        var (client, connAck) = await RawClient.ConnectWithAckAsync(broker.Tcp, new ConnectRequest(MqttVersion.V50, Unique.ClientId()));
        return (client, (int?)connAck.Properties.Integer(PropertyId.TopicAliasMaximum) ?? 0);
    }
}
