using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests;

/// <summary>What many tests do before the thing that they test.</summary>
internal static class BrokerSteps
{
    /// <summary>Another client publishes these and goes.</summary>
    public static async Task PublishAsync(this BrokerFixture broker, MqttVersion version, string topic, int qos, params IReadOnlyList<string> texts)
    {
        await using var publisher = await broker.ConnectAsync(version);
        foreach (var text in texts)
            await publisher.PublishAsync(topic, text, qos);
        await publisher.DisconnectAsync();
    }

    /// <summary>Another client publishes a retained message with these properties and goes.</summary>
    public static async Task RetainAsync(
        this BrokerFixture broker, MqttVersion version, string topic, string text, int qos, params IReadOnlyList<byte[]> properties)
    {
        await using var publisher = await broker.ConnectAsync(version);
        await publisher.PublishAsync(topic, text, qos, retain: true, properties);
        await publisher.DisconnectAsync();
    }

    /// <summary>A session that outlives its connection subscribes and its client leaves.</summary>
    public static async Task SubscribeAndLeaveAsync(this BrokerFixture broker, ConnectRequest request, string filter, int options)
    {
        await using var client = await broker.ConnectAsync(request);
        await client.SubscribeAsync(filter, options);
        await client.DisconnectAsync();
    }

    /// <summary>A client that is connected and subscribed.</summary>
    public static async Task<RawClient> ConnectSubscribedAsync(this BrokerFixture broker, ConnectRequest request, string filter, int options)
    {
        var client = await broker.ConnectAsync(request);
        await client.SubscribeAsync(filter, options);
        return client;
    }

    /// <inheritdoc cref="ConnectSubscribedAsync(BrokerFixture, ConnectRequest, string, int)"/>
    public static Task<RawClient> ConnectSubscribedAsync(this BrokerFixture broker, MqttVersion version, string filter, int options) =>
        broker.ConnectSubscribedAsync(new ConnectRequest(version, Unique.ClientId()), filter, options);

    /// <summary>All frames until the broker closes.</summary>
    public static async Task<List<Frame>> ReceiveToTheEndAsync(this RawClient client)
    {
        await client.Ended.WaitAsync(RawClient.DefaultTimeout, TimeProvider.System);
        List<Frame> frames = [];
        while (client.TryNext() is { } frame)
            frames.Add(frame);
        return frames;
    }

    /// <summary>These messages come in this order, and each flow is completed.</summary>
    public static async Task ReceiveAllAsync(this RawClient client, params IReadOnlyList<string> texts)
    {
        foreach (var text in texts)
            Assert.Equal(text, (await client.ReceiveAsync()).Text);
    }
}
