using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter4;

/// <summary>No Local: what a client id published does not come back to it, on whichever connection and by whichever way.</summary>
[Spec("MQTT5-3.8.3-3")]
public sealed class NoLocalFlowTests(BrokerFixture broker)
{
    private const int NoLocal = 0x04;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task NoLocal_OwnAndOthers_OnlyTheOthersCome(int qos)
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectSubscribedAsync(MqttVersion.V50, topic, NoLocal | 2);
        await client.PublishAsync(topic, "own", qos);
        await broker.PublishAsync(MqttVersion.V311, topic, qos, "other's");
        await client.ReceiveAllAsync("other's");
        await client.ExpectNothingAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task NoLocal_OfAResumedSession_StillHolds(int qos)
    {
        var (request, topic) = (ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId()), Unique.Topic());
        await broker.SubscribeAndLeaveAsync(request, topic, NoLocal | 2);
        await using var client = await broker.ConnectAsync(request);
        await client.PublishAsync(topic, "own", qos);
        await broker.PublishAsync(MqttVersion.V50, topic, qos, "other's");
        await client.ReceiveAllAsync("other's");
        await client.ExpectNothingAsync();
    }

    [Fact]
    public async Task NoLocal_OfAnotherClientWithTheSameFilter_IsItsOwnMatter()
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectSubscribedAsync(MqttVersion.V50, topic, NoLocal | 1);
        await using var other = await broker.ConnectSubscribedAsync(MqttVersion.V50, topic, NoLocal | 1);
        await client.PublishAsync(topic, "x", qos: 1);
        await other.ReceiveAllAsync("x");
        await client.ExpectNothingAsync();
    }

    [Fact]
    public async Task NoLocal_OverlappingFilterWithoutIt_BringsTheMessageByThatOne()
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        await client.SubscribeAsync($"{topic}/#", NoLocal | 2, Property.SubscriptionIdentifier(1));
        await client.SubscribeAsync($"{topic}/a", 1, Property.SubscriptionIdentifier(2));
        await client.PublishAsync($"{topic}/a", "own", qos: 2);
        var message = await client.ReceiveAsync();
        Assert.Equal(1, message.QoS);
        Assert.Equal([2], message.Properties.SubscriptionIdentifiers);
        await client.ExpectNothingAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task NoLocal_OwnRetainedMessage_DoesNotComeBackAtSubscribe(int qos)
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        await client.PublishAsync($"{topic}/a", "own", qos, retain: true);
        await broker.RetainAsync(MqttVersion.V50, $"{topic}/b", "other's", qos);
        await client.PublishAsync($"{topic}/c", "own", qos, retain: true);
        await client.SubscribeAsync($"{topic}/+", NoLocal | 2);
        await client.ReceiveAllAsync("other's");
        await client.ExpectNothingAsync();
        await using var late = await broker.ConnectSubscribedAsync(MqttVersion.V50, $"{topic}/a", NoLocal | 2);
        await late.ReceiveAllAsync("own");
    }

    [Fact]
    public async Task NoLocal_OwnWill_DoesNotComeToTheSessionThatGoesOn()
    {
        var (request, topic) = (ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId()), Unique.Topic());
        await using var other = await broker.ConnectSubscribedAsync(MqttVersion.V50, topic, 1);
        await using (var client = await broker.ConnectAsync(request with { Will = new WillRequest(topic, "gone"u8.ToArray()) { QoS = 1 } }))
            await client.SubscribeAsync(topic, NoLocal | 1);
        await other.ReceiveAllAsync("gone");
        await using var back = await broker.ConnectAsync(request);
        await back.ExpectNothingAsync();
    }

    [Fact]
    [Spec("MQTT5-3.8.3-4")]
    public async Task NoLocal_OnASharedSubscriptionAmongOthers_IsAProtocolErrorForAll()
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        await client.SendAsync(Packet.Subscribe(MqttVersion.V50, 1, [(topic, 1), ($"$share/g/{topic}", NoLocal | 1)]));
        await client.ExpectDisconnectAsync(Reason.ProtocolError);
    }
}
