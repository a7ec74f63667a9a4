using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.KnownFaults;

/// <summary>
/// When a delayed will goes: brokers are a second early or late, forget it with its session, or send it although the client came back. Never before its
/// time; how long after is bounded generously, for a loaded machine.
/// </summary>
public sealed class WillDelayTests(BrokerFixture broker)
{
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(4);

    [Theory]
    [InlineData(1, 300, 1)]
    [InlineData(2, 300, 2)]
    [InlineData(3, 300, 3)]
    [InlineData(2, uint.MaxValue, 2)]
    [InlineData(2, 2, 2)]
    [InlineData(300, 1, 1)]
    [InlineData(300, 2, 2)]
    [InlineData(uint.MaxValue, 1, 1)]
    [InlineData(300, 0, 0)]
    public async Task WillDelay_ClientStaysAway_WillGoesAtDelayOrSessionEnd(uint delay, uint expiry, int expected)
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectSubscribedAsync(MqttVersion.V50, topic, 1);
        var client = await broker.ConnectAsync(Delayed(topic, delay, expiry));
        var start = TimeProvider.System.GetTimestamp();
        await client.DisposeAsync();
        await CheckTimeAsync(subscriber, start, expected);
    }

    [Fact]
    public async Task WillDelay_AfterDisconnectWithWill_IsKept()
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectSubscribedAsync(MqttVersion.V50, topic, 1);
        await using var client = await broker.ConnectAsync(Delayed(topic, 2, 300));
        var start = TimeProvider.System.GetTimestamp();
        await client.DisconnectAsync(Reason.DisconnectWithWill);
        await CheckTimeAsync(subscriber, start, 2);
    }

    [Fact]
    public async Task WillDelay_ExpirySetToZeroAtDisconnectWithWill_WillGoesAtOnce()
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectSubscribedAsync(MqttVersion.V50, topic, 1);
        await using var client = await broker.ConnectAsync(Delayed(topic, 300, 300));
        var start = TimeProvider.System.GetTimestamp();
        await client.DisconnectAsync(Reason.DisconnectWithWill, Property.SessionExpiryInterval(0));
        await CheckTimeAsync(subscriber, start, 0);
    }

    [Fact]
    [Spec("MQTT5-3.1.2-10")]
    public async Task WillDelay_NormalDisconnectThenSessionEnd_WillNeverGoes()
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectSubscribedAsync(MqttVersion.V50, topic, 1);
        await using (var client = await broker.ConnectAsync(Delayed(topic, 1, 1)))
            await client.DisconnectAsync();
        await subscriber.ExpectNothingAsync(TimeSpan.FromSeconds(2.5));
    }

    [Fact]
    [Spec("MQTT5-3.1.3-9")]
    public async Task WillDelay_ClientComesBackToItsSession_WillDoesNotGo()
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectSubscribedAsync(MqttVersion.V50, topic, 1);
        var request = Delayed(topic, 2, 300);
        await (await broker.ConnectAsync(request)).DisposeAsync();
        await using var back = await broker.ConnectAsync(request with { Will = null });
        await subscriber.ExpectNothingAsync(TimeSpan.FromSeconds(3));
    }

    [Fact]
    [Spec("MQTT5-3.1.3-9")]
    public async Task WillDelay_ClientComesBackWithAnotherWill_OnlyThatGoes()
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectSubscribedAsync(MqttVersion.V50, topic, 1);
        var request = Delayed(topic, 1, 300);
        await (await broker.ConnectAsync(request)).DisposeAsync();
        await (await broker.ConnectAsync(request with { Will = request.Will! with { Payload = "other"u8.ToArray() } })).DisposeAsync();
        await subscriber.ReceiveAllAsync("other");
        await subscriber.ExpectNothingAsync(TimeSpan.FromSeconds(1.5));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WillDelay_ClientComesBackWithCleanStart_WillGoesAtOnce(bool isDisconnectedFirst)
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectSubscribedAsync(MqttVersion.V50, topic, 1);
        var request = Delayed(topic, 300, 300);
        await using var first = await broker.ConnectAsync(request);
        if (isDisconnectedFirst)
            await first.DisposeAsync();
        await using var second = await broker.ConnectAsync(request with { CleanStart = true, Will = null });
        await subscriber.ReceiveAllAsync("gone");
        await subscriber.ExpectNothingAsync();
    }

    [Theory]
    [InlineData(0u, true)]
    [InlineData(1u, false)]
    [Spec("MQTT5-3.1.3-9")]
    public async Task WillDelay_Takeover_WillGoesOnlyWithoutDelay(uint delay, bool goes)
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectSubscribedAsync(MqttVersion.V50, topic, 1);
        var request = Delayed(topic, delay, 300);
        await using var older = await broker.ConnectAsync(request);
        await using var newer = await broker.ConnectAsync(request with { Will = null });
        await older.ExpectDisconnectAsync(Reason.SessionTakenOver);
        if (goes)
            await subscriber.ReceiveAllAsync("gone");
        await subscriber.ExpectNothingAsync(TimeSpan.FromSeconds(delay + 1));
    }

    private static ConnectRequest Delayed(string topic, uint delay, uint expiry) =>
        ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId(), expiry) with
        {
            Will = new WillRequest(topic, "gone"u8.ToArray()) { QoS = 1, Properties = [Property.WillDelayInterval(delay)] },
        };

    private static async Task CheckTimeAsync(RawClient subscriber, long start, int expected)
    {
        var will = await subscriber.ExpectAsync(PacketType.Publish);
        Assert.Equal("gone", will.ToPublish(MqttVersion.V50).Text);
        var took = TimeProvider.System.GetElapsedTime(start, will.Received);
        Assert.InRange(took, TimeSpan.FromSeconds(expected), TimeSpan.FromSeconds(expected) + Late);
        await subscriber.CompleteAsync(will.ToPublish(MqttVersion.V50));
        await subscriber.ExpectNothingAsync(TimeSpan.FromMilliseconds(300));
    }
}
