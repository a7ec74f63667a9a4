using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.OwnBroker;

/// <summary>Queues and retained messages at their bounds in messages and bytes, for publishers that can be told and those that cannot.</summary>
public sealed class StoreLimitTests
{
    private const byte QuotaExceeded = 0x97;
    private const int Sent = 5;
    private const int Room = 3;

    [Theory]
    [InlineData("DropOldest", new[] { 2, 3, 4 }, false)]
    [InlineData("DropOldest", new[] { 2, 3, 4 }, true)]
    [InlineData("DropNewest", new[] { 0, 1, 2 }, false)]
    [InlineData("DropNewest", new[] { 0, 1, 2 }, true)]
    [InlineData("Refuse", new[] { 0, 1, 2 }, false)]
    [InlineData("Refuse", new[] { 0, 1, 2 }, true)]
    public async Task Queue_Full_FollowsThePolicy(string policy, int[] kept, bool byBytes)
    {
        // Three messages of 20 KiB fit into 64 KiB, four do not.
        await using var broker = await OwnBroker.StartAsync(
            $"Broker:Limits:QueuePolicy={policy}",
            byBytes ? "Broker:Limits:MaxQueuedBytes=64KiB" : $"Broker:Limits:MaxQueuedMessages={Room}",
            "Broker:Limits:MaxPacketSize=64KiB");
        foreach (var version in new[] { MqttVersion.V311, MqttVersion.V50 })
        {
            await FillQueueAsync(broker, policy == "Refuse", kept, version, qos: 1);
            await FillQueueAsync(broker, policy == "Refuse", kept, version, qos: 2);
        }
    }

    [Theory]
    [InlineData(MqttVersion.V311, Reason.Success)]
    [InlineData(MqttVersion.V50, QuotaExceeded)]
    public async Task MaxRetainedBytes_Reached_RefusesWhatWouldPassIt(MqttVersion version, byte refused)
    {
        // Topic and payload are 40 bytes: two fit, and half a third.
        await using var broker = await OwnBroker.StartAsync("Broker:Limits:MaxRetainedBytes=100");
        await using var client = await broker.ConnectAsync(version);
        Assert.Equal(Reason.Success, await RetainAsync("t/1", 37));
        Assert.Equal(Reason.Success, await RetainAsync("t/2", 37));
        Assert.Equal(refused, await RetainAsync("t/3", 37));
        Assert.Equal(refused, await RetainAsync("t/2", 58));
        Assert.Equal(Reason.Success, await RetainAsync("t/2", 57));
        Assert.Equal(Reason.Success, await RetainAsync("t/1", 0));
        Assert.Equal(Reason.Success, await RetainAsync("t/4", 37));
        await client.SubscribeAsync("t/#", 0);
        var retained = new List<(string, int)>();
        for (var i = 0; i < 2; i++)
        {
            var message = await client.ReceiveAsync();
            retained.Add((message.Topic, message.Payload.Length));
        }

        Assert.Equal([("t/2", 57), ("t/4", 37)], retained.Order());
        await client.ExpectNothingAsync();

        async Task<byte> RetainAsync(string topic, int length)
        {
            var id = client.NextPacketIdentifier();
            await client.SendAsync(Packet.Publish(version, topic, new byte[length], 1, id, retain: true));
            var reason = (await client.ExpectAckAsync(PacketType.PubAck, id)).ReasonCode;
            return reason == Reason.NoMatchingSubscribers ? Reason.Success : reason;
        }
    }

    private static async Task FillQueueAsync(OwnBroker broker, bool refuses, int[] kept, MqttVersion version, int qos)
    {
        var topic = Unique.Topic();
        var request = ConnectRequest.Persistent(version, Unique.ClientId());
        await using (var first = await broker.ConnectAsync(request))
        {
            await first.SubscribeAsync(topic, qos);
            await first.DisconnectAsync();
        }

        await using var publisher = await broker.ConnectAsync(version);
        for (var i = 0; i < Sent; i++)
        {
            // Only 5.0 can say so; a 3.1.1 publisher is acknowledged whatever becomes of the message.
            var isTold = refuses && i >= Room && version == MqttVersion.V50;
            var payload = new byte[20 * 1024];
            payload[0] = (byte)i;
            await publisher.SendAsync(Packet.Publish(version, topic, payload, qos, i + 1));
            var ack = await publisher.ExpectAckAsync(qos == 1 ? PacketType.PubAck : PacketType.PubRec, i + 1);
            Assert.Equal(isTold ? QuotaExceeded : Reason.Success, ack.ReasonCode);
            if (qos == 1 || isTold)
                continue;
            await publisher.SendAsync(Packet.Acknowledge(PacketType.PubRel, i + 1));
            await publisher.ExpectAckAsync(PacketType.PubComp, i + 1);
        }

        await using var second = await broker.ConnectAsync(request);
        foreach (var i in kept)
            Assert.Equal(i, (await second.ReceiveAsync()).Payload[0]);
        await second.ExpectNothingAsync();
    }
}
