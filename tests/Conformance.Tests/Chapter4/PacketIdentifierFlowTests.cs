using System.Globalization;
using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter4;

/// <summary>Packet identifiers of the broker: never 0, never two at a time, used again after their exchange, all 65,535 of them.</summary>
[Spec("MQTT5-2.2.1-3")]
[Spec("MQTT5-2.2.1-4")]
[Spec("MQTT311-2.3.1-1")]
public sealed class PacketIdentifierFlowTests(BrokerFixture broker)
{
    private const int All = 65_535;

    // Written in one go; below what the broker takes before it must answer.
    private const int Chunk = 500;

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Identifier_InUseWhileAllOthersAreUsedOnce_IsSkipped(MqttVersion version)
    {
        const int Count = 66_500; // once around
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectSubscribedAsync(version, topic, 1);
        await using var publisher = await broker.ConnectAsync(version);
        await publisher.PublishAsync(topic, "held", qos: 1);
        var held = (await subscriber.ExpectPublishAsync()).PacketIdentifier;
        var used = new bool[All + 1];
        var reused = 0;
        for (var done = 0; done < Count; done += Chunk)
        {
            await PublishChunkAsync(publisher, version, topic, done, Chunk);
            var acknowledgements = new ByteBuilder();
            for (var i = 0; i < Chunk; i++)
            {
                var message = await subscriber.ExpectPublishAsync();
                Assert.NotEqual(held, message.PacketIdentifier);
                reused += used[message.PacketIdentifier] ? 1 : 0;
                used[message.PacketIdentifier] = true;
                acknowledgements.Raw(Packet.Acknowledge(PacketType.PubAck, message.PacketIdentifier));
            }

            await subscriber.SendAsync(acknowledgements.ToArray());
        }

        Assert.True(reused > 0);
    }

    [Theory]
    [InlineData(MqttVersion.V311, 1)]
    [InlineData(MqttVersion.V50, 1)]
    [InlineData(MqttVersion.V50, 2)]
    [Spec("MQTT5-3.3.4-9")]
    [Spec("MQTT5-4.4.0-1")]
    [Spec("MQTT311-4.4.0-1")]
    public async Task AllIdentifiers_InUse_OneMoreWaitsAndAllComeAgainInOrder(MqttVersion version, int qos)
    {
        await using var own = await OwnBroker.OwnBroker.StartAsync($"Broker:Limits:MaxInflight={All}");
        var request = ConnectRequest.Persistent(version, Unique.ClientId()) with
        {
            Properties = [Property.SessionExpiryInterval(300), Property.ReceiveMaximum(All)],
        };
        var client = await own.ConnectAsync(request);
        await client.SubscribeAsync("t", qos);
        var publishing = PublishAllAsync(own, qos);
        var identifiers = new int[All];
        for (var i = 0; i < All; i++)
            identifiers[i] = await ExpectAsync(client, i, dup: false);
        Assert.Equal(All, identifiers.Distinct().Count());
        await publishing;
        await client.ExpectNothingAsync();

        // The one that waits gets the one identifier that is free.
        const int Acknowledged = 12_345;
        await client.CompleteAsync(new PublishFrame("t", [], qos, identifiers[Acknowledged], Retain: false, Dup: false, PropertyList.Empty));
        Assert.Equal(identifiers[Acknowledged], await ExpectAsync(client, All, dup: false));
        await client.ExpectNothingAsync();

        await client.DisposeAsync();
        client = await own.ConnectAsync(request);
        for (var i = 0; i <= All; i++)
        {
            if (i != Acknowledged)
                Assert.Equal(identifiers[i == All ? Acknowledged : i], await ExpectAsync(client, i, dup: true));
        }

        await client.ExpectNothingAsync();
        await client.DisposeAsync();
    }

    [Fact]
    [Spec("MQTT5-4.3.3-10")]
    public async Task AllIdentifiersOfTheClient_Open_AreEachKnownAgain()
    {
        await using var own = await OwnBroker.OwnBroker.StartAsync($"Broker:Limits:ReceiveMaximum={All}", $"Broker:Limits:MaxPendingPublishes={All}");
        await using var subscriber = await own.ConnectAsync(MqttVersion.V50);
        await subscriber.SubscribeAsync("t", 0);
        await using var publisher = await own.ConnectAsync(MqttVersion.V50);
        foreach (var dup in new[] { false, true })
        {
            for (var first = 1; first <= All; first += Chunk)
            {
                var chunk = new ByteBuilder();
                for (var i = first; i < first + Chunk && i <= All; i++)
                    chunk.Raw(Packet.Publish(MqttVersion.V50, "t", Payload(i), qos: 2, packetIdentifier: i, dup: dup));
                await publisher.SendAsync(chunk.ToArray());
                for (var i = first; i < first + Chunk && i <= All; i++)
                    await publisher.ExpectAckAsync(PacketType.PubRec, i);
            }
        }

        for (var i = 1; i <= All; i++)
            Assert.Equal(i, int.Parse((await subscriber.ReceiveAsync()).Text, CultureInfo.InvariantCulture));
        await subscriber.ExpectNothingAsync();
    }

    private static async Task<int> ExpectAsync(RawClient client, int number, bool dup)
    {
        var message = await client.ExpectPublishAsync();
        Assert.Equal((number, dup), (int.Parse(message.Text, CultureInfo.InvariantCulture), message.Dup));
        return message.PacketIdentifier;
    }

    private static async Task PublishAllAsync(OwnBroker.OwnBroker own, int qos)
    {
        await using var publisher = await own.ConnectAsync(MqttVersion.V311);
        for (var first = 0; first <= All; first += Chunk)
        {
            var count = Math.Min(Chunk, All + 1 - first);
            if (qos == 1)
                await PublishChunkAsync(publisher, MqttVersion.V311, "t", first, count);
            else
                await PublishExactlyOnceChunkAsync(publisher, first, count);
        }
    }

    private static async Task PublishChunkAsync(RawClient publisher, MqttVersion version, string topic, int first, int count)
    {
        var chunk = new ByteBuilder();
        for (var i = 0; i < count; i++)
            chunk.Raw(Packet.Publish(version, topic, Payload(first + i), qos: 1, packetIdentifier: i + 1));
        await publisher.SendAsync(chunk.ToArray());
        for (var i = 0; i < count; i++)
            await publisher.ExpectAckAsync(PacketType.PubAck, i + 1);
    }

    private static async Task PublishExactlyOnceChunkAsync(RawClient publisher, int first, int count)
    {
        var publishes = new ByteBuilder();
        var releases = new ByteBuilder();
        for (var i = 0; i < count; i++)
        {
            publishes.Raw(Packet.Publish(MqttVersion.V311, "t", Payload(first + i), qos: 2, packetIdentifier: i + 1));
            releases.Raw(Packet.Acknowledge(PacketType.PubRel, i + 1));
        }

        await publisher.SendAsync(publishes.ToArray());
        for (var i = 0; i < count; i++)
            await publisher.ExpectAckAsync(PacketType.PubRec, i + 1);
        await publisher.SendAsync(releases.ToArray());
        for (var i = 0; i < count; i++)
            await publisher.ExpectAckAsync(PacketType.PubComp, i + 1);
    }

    private static byte[] Payload(int number) => System.Text.Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture));
}
