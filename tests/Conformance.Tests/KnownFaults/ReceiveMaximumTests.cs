using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.KnownFaults;

/// <summary>Receive Maximum 1: the next message only when the one before is over, which at QoS 2 is PUBCOMP or a refusing PUBREC and nothing earlier.</summary>
[Spec("MQTT5-3.3.4-9")]
[Spec("MQTT5-4.9.0-2")]
public sealed class ReceiveMaximumTests(BrokerFixture broker)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200);

    [Theory]
    [InlineData(0u)]
    [InlineData(300u)]
    [Spec("MQTT5-4.3.3-3")]
    public async Task ReceiveMaximumOne_AtQoS2_NextComesAfterPubComp(uint expiry)
    {
        var (subscriber, _) = await SubscribeAsync(2, expiry, "a", "b");
        await using (subscriber)
        {
            var first = await subscriber.ExpectPublishAsync();
            Assert.Equal("a", first.Text);
            await subscriber.ExpectNothingAsync(Quiet);
            await subscriber.SendAsync(Packet.Acknowledge(PacketType.PubRec, first.PacketIdentifier));
            await subscriber.ExpectAckAsync(PacketType.PubRel, first.PacketIdentifier);
            await subscriber.ExpectNothingAsync(Quiet);
            await subscriber.SendAsync(Packet.Acknowledge(PacketType.PubComp, first.PacketIdentifier));
            Assert.Equal("b", (await subscriber.ReceiveAsync()).Text);
        }
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(300u)]
    [Spec("MQTT5-4.3.3-4")]
    public async Task ReceiveMaximumOne_AtQoS2_NextComesAfterARefusingPubRec(uint expiry)
    {
        var (subscriber, _) = await SubscribeAsync(2, expiry, "a", "b", "c");
        await using (subscriber)
        {
            foreach (var text in new[] { "a", "b", "c" })
            {
                var message = await subscriber.ExpectPublishAsync();
                Assert.Equal(text, message.Text);
                await subscriber.SendAsync(Packet.Acknowledge(PacketType.PubRec, message.PacketIdentifier, Reason.PayloadFormatInvalid));
            }

            await subscriber.ExpectNothingAsync();
        }
    }

    [Theory]
    [InlineData(0u, Reason.Success)]
    [InlineData(0u, Reason.PayloadFormatInvalid)]
    [InlineData(300u, Reason.Success)]
    [InlineData(300u, Reason.PayloadFormatInvalid)]
    [Spec("MQTT5-4.3.2-3")]
    public async Task ReceiveMaximumOne_AtQoS1_NextComesAfterPubAck(uint expiry, byte reason)
    {
        var (subscriber, _) = await SubscribeAsync(1, expiry, "a", "b", "c");
        await using (subscriber)
        {
            foreach (var text in new[] { "a", "b", "c" })
            {
                var message = await subscriber.ExpectPublishAsync();
                Assert.Equal(text, message.Text);
                await subscriber.ExpectNothingAsync(Quiet);
                await subscriber.SendAsync(Packet.Acknowledge(PacketType.PubAck, message.PacketIdentifier, reason));
            }

            await subscriber.ExpectNothingAsync();
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task ReceiveMaximumOne_OverReconnects_HoldsOnEachConnection(int qos)
    {
        var (client, request) = await SubscribeAsync(qos, 300, "a", "b", "c");
        var first = await client.ExpectPublishAsync();
        for (var i = 0; i < 3; i++)
        {
            await client.DisposeAsync();
            client = await broker.ConnectAsync(request);
            var again = await client.ExpectPublishAsync();
            Assert.Equal(("a", first.PacketIdentifier, true), (again.Text, again.PacketIdentifier, again.Dup));
            await client.ExpectNothingAsync(Quiet);
        }

        await client.CompleteAsync(first);
        await client.ReceiveAllAsync("b", "c");
        await client.ExpectNothingAsync();
        await client.DisposeAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task ReceiveMaximum_LowerAtReconnect_BoundsTheRedeliveries(int qos)
    {
        var (client, request) = await SubscribeAsync(qos, 300, receiveMaximum: 3, "a", "b", "c", "d");
        for (var i = 0; i < 3; i++)
            await client.ExpectPublishAsync();
        await client.DisposeAsync();
        client = await broker.ConnectAsync(request with { Properties = [Property.SessionExpiryInterval(300), Property.ReceiveMaximum(1)] });
        foreach (var (text, dup) in new[] { ("a", true), ("b", true), ("c", true), ("d", false) })
        {
            var message = await client.ExpectPublishAsync();
            Assert.Equal((text, dup), (message.Text, message.Dup));
            await client.ExpectNothingAsync(Quiet);
            await client.CompleteAsync(message);
        }

        await client.ExpectNothingAsync();
        await client.DisposeAsync();
    }

    [Fact]
    public async Task ReceiveMaximum_AtReconnect_IsNotUsedByWhatWaitsForPubComp()
    {
        var (client, request) = await SubscribeAsync(2, 300, "a", "b");
        var first = await client.ExpectPublishAsync();
        await client.SendAsync(Packet.Acknowledge(PacketType.PubRec, first.PacketIdentifier));
        await client.ExpectAckAsync(PacketType.PubRel, first.PacketIdentifier);
        await client.DisposeAsync();

        // The quota begins anew with the connection, and only PUBLISH uses it (MQTT5 section 4.9).
        client = await broker.ConnectAsync(request);
        await client.ExpectAckAsync(PacketType.PubRel, first.PacketIdentifier);
        var second = await client.ExpectPublishAsync();
        Assert.Equal("b", second.Text);
        Assert.NotEqual(first.PacketIdentifier, second.PacketIdentifier);
        await client.SendAsync(Packet.Acknowledge(PacketType.PubComp, first.PacketIdentifier));
        await client.CompleteAsync(second);
        await client.ExpectNothingAsync();
        await client.DisposeAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task ReceiveMaximumOne_ForRetainedMessages_Holds(int qos)
    {
        var topic = Unique.Topic();
        await using var publisher = await broker.ConnectAsync(MqttVersion.V50);
        for (var i = 0; i < 3; i++)
            await publisher.PublishAsync($"{topic}/{i}", "kept", qos, retain: true);
        var request = new ConnectRequest(MqttVersion.V50, Unique.ClientId()) { Properties = [Property.ReceiveMaximum(1)] };
        await using var subscriber = await broker.ConnectSubscribedAsync(request, $"{topic}/+", qos);
        for (var i = 0; i < 3; i++)
        {
            var message = await subscriber.ExpectPublishAsync();
            await subscriber.ExpectNothingAsync(Quiet);
            await subscriber.CompleteAsync(message);
        }

        await subscriber.ExpectNothingAsync();
    }

    private Task<(RawClient Client, ConnectRequest Request)> SubscribeAsync(int qos, uint expiry, params IReadOnlyList<string> texts) =>
        SubscribeAsync(qos, expiry, receiveMaximum: 1, texts);

    /// <summary>A subscriber for which these messages have been published.</summary>
    private async Task<(RawClient Client, ConnectRequest Request)> SubscribeAsync(
        int qos, uint expiry, int receiveMaximum, params IReadOnlyList<string> texts)
    {
        var topic = Unique.Topic();
        var request = new ConnectRequest(MqttVersion.V50, Unique.ClientId())
        {
            CleanStart = false,
            Properties = [Property.SessionExpiryInterval(expiry), Property.ReceiveMaximum(receiveMaximum)],
        };
        var client = await broker.ConnectSubscribedAsync(request, topic, qos);
        await broker.PublishAsync(MqttVersion.V50, topic, qos, texts);
        return (client, request);
    }
}
