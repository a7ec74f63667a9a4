using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests;

/// <summary>
/// What no client may send on an accepted connection: it is closed, in 5.0 with the reason that the standard names, and nobody else
/// notices. Malformed Packet and Protocol Error are both accepted where the standard leaves open which of the two a fault is.
/// </summary>
internal static class BadInput
{
    public static readonly byte[] Malformed = [Reason.MalformedPacket];
    public static readonly byte[] Protocol = [Reason.ProtocolError];
    public static readonly byte[] Either = [Reason.MalformedPacket, Reason.ProtocolError];
    public static readonly byte[] BadTopic = [Reason.TopicNameInvalid, .. Either];

    public static async Task ExpectRefusalAsync(this BrokerFixture broker, MqttVersion version, byte[] bytes, params byte[] reasons)
    {
        var topic = Unique.Topic();
        await using var bystander = await broker.ConnectAsync(version);
        await bystander.SubscribeAsync(topic, 1);

        await using (var client = await broker.ConnectAsync(version))
        {
            await client.SendAsync(bytes);
            await client.ExpectDisconnectAsync(reasons);
        }

        await bystander.PublishAsync(topic, "still here", qos: 1);
        Assert.Equal("still here", (await bystander.ReceiveAsync()).Text);
        await bystander.ExpectNothingAsync();
    }

    /// <summary>An empty property block where 5.0 has one.</summary>
    public static byte[] NoProperties(MqttVersion version) => version == MqttVersion.V50 ? [0x00] : [];

    public static byte[] WithFirst(int first, byte[] packet) => [(byte)first, .. packet.AsSpan(1)];
}
