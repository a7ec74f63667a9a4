using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter4;

/// <summary>MQTT5 section 4.13, MQTT311 section 4.8: what ends a connection, and that nobody else notices.</summary>
public sealed class ErrorTests(BrokerFixture broker)
{
    /// <summary>CONNACK and DISCONNECT with such a code end the connection, whoever says it; in other packets it concerns their request alone.</summary>
    [Fact]
    [Spec("MQTT5-4.13.2-1")]
    public async Task ReasonCode_From80On_ClosesAfterConnAckAndDisconnectOnly()
    {
        await using var refused = await RawClient.OpenAsync(broker.Endpoint, MqttVersion.V50);
        await refused.SendAsync(new ConnectRequest(MqttVersion.V50, new string('x', 65_535)).ToBytes());
        Assert.InRange((await refused.ExpectAsync(PacketType.ConnAck)).ToConnAck(MqttVersion.V50).ReasonCode, 0x80, 0xFF);
        Assert.Null(await refused.ExpectClosedAsync());

        await using var ending = await broker.ConnectAsync(MqttVersion.V50);
        await ending.DisconnectAsync(0x80);

        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        Assert.Equal(Reason.TopicFilterInvalid, Assert.Single((await client.SubscribeWithAckAsync([("a#", 0)])).ReasonCodes));
        Assert.Equal(Reason.TopicFilterInvalid, Assert.Single((await client.UnsubscribeAsync("a#")).ReasonCodes));
        await client.SendAsync(Packet.Acknowledge(PacketType.PubRel, 9));
        Assert.Equal(Reason.PacketIdentifierNotFound, (await client.ExpectAckAsync(PacketType.PubComp, 9)).ReasonCode);
        await client.ExpectNothingAsync();

        await client.SendAsync(new byte[] { 0x00, 0x00 });
        Assert.Equal(Reason.MalformedPacket, (await client.ExpectClosedAsync())!.ReasonCode);
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Bytes_RandomAfterConnect_DisturbNobody(MqttVersion version)
    {
        const int Seed = 20_260;
        const int Count = 150;
        var random = new Random(Seed + (int)version);
        var topic = Unique.Topic();
        await using var bystander = await broker.ConnectAsync(version);
        await bystander.SubscribeAsync(topic, 1);
        for (var i = 0; i < Count; i++)
        {
            await using var hostile = await broker.ConnectAsync(version);
            var bytes = new byte[random.Next(1, 200)];
            random.NextBytes(bytes);
            try
            {
                await hostile.SendAsync(bytes);
                await hostile.SendAsync(bytes);
            }
            catch (IOException)
            {
                // Closed meanwhile.
            }

            if (i % 10 != 0)
                continue;
            await bystander.PublishAsync(topic, $"{i}", qos: 1);
            Assert.Equal($"{i}", (await bystander.ReceiveAsync()).Text);
        }

        await bystander.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task GoodPackets_CutAnywhereByTheEndOfTheConnection_DisturbNobody(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var bystander = await broker.ConnectAsync(version);
        await bystander.SubscribeAsync(topic, 1);
        var packet = Packet.Publish(version, topic, [1, 2, 3], qos: 1, packetIdentifier: 1);
        for (var length = 1; length < packet.Length; length++)
        {
            await using var client = await broker.ConnectAsync(version);
            await client.SendAsync(packet.AsMemory(0, length));
        }

        await bystander.PublishAsync(topic, "end", qos: 1);
        Assert.Equal("end", (await bystander.ReceiveAsync()).Text);
        await bystander.ExpectNothingAsync();
    }
}
