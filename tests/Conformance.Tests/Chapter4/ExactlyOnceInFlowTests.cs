using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter4;

/// <summary>QoS 2 from a client to the broker, with the connection lost after every step: the subscriber gets the message, and once.</summary>
[Spec("MQTT5-4.3.3-8")]
[Spec("MQTT5-4.3.3-10")]
[Spec("MQTT5-4.3.3-11")]
[Spec("MQTT5-4.4.0-1")]
[Spec("MQTT311-4.3.3-2")]
[Spec("MQTT311-4.4.0-1")]
public sealed class ExactlyOnceInFlowTests(BrokerFixture broker)
{
    private const int Identifier = 77;

    public enum Loss
    {
        BeforePubRec,
        AfterPubRec,
        AfterPubRel,
        AfterPubComp,
    }

    public static MatrixTheoryData<MqttVersion, Loss> Losses => new(Enum.GetValues<MqttVersion>(), Enum.GetValues<Loss>());

    /// <summary>As the standard has it, without the flag, and as another message.</summary>
    public static MatrixTheoryData<MqttVersion, bool, string> Repeats => new(Enum.GetValues<MqttVersion>(), [true, false], ["first", "taken for the first"]);

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task Connection_LostAtAStep_MessageIsDeliveredOnce(MqttVersion version, Loss loss)
    {
        var (request, topic) = (ConnectRequest.Persistent(version, Unique.ClientId()), Unique.Topic());
        await using var subscriber = await broker.ConnectSubscribedAsync(version, topic, 2);
        var client = await broker.ConnectAsync(request);
        await PublishAsync(client, version, topic, "once", dup: false);
        if (loss == Loss.BeforePubRec)
        {
            await LoseAsync();
            await PublishAsync(client, version, topic, "once", dup: true);
        }

        await ExpectAsync(client, PacketType.PubRec);
        if (loss == Loss.AfterPubRec)
        {
            await LoseAsync();
            // PUBREC may have been lost: the client sends again, and the broker knows the identifier.
            await PublishAsync(client, version, topic, "once", dup: true);
            await ExpectAsync(client, PacketType.PubRec);
        }

        await client.SendAsync(Packet.Acknowledge(PacketType.PubRel, Identifier));
        if (loss == Loss.AfterPubRel)
        {
            await LoseAsync();
            await client.SendAsync(Packet.Acknowledge(PacketType.PubRel, Identifier));
            // Whether the first PUBREL arrived nobody can know: 0x92 is an answer too.
            await client.ExpectAckAsync(PacketType.PubComp, Identifier);
        }
        else
        {
            await ExpectAsync(client, PacketType.PubComp);
        }

        if (loss == Loss.AfterPubComp)
            await LoseAsync();
        await subscriber.ReceiveAllAsync("once");
        await subscriber.ExpectNothingAsync(TimeSpan.FromMilliseconds(200));

        // The identifier is free: its next message is a new one.
        await PublishAsync(client, version, topic, "next", dup: false);
        await ExpectAsync(client, PacketType.PubRec);
        await subscriber.ReceiveAllAsync("next");
        await client.DisposeAsync();

        async Task LoseAsync()
        {
            await client.DisposeAsync();
            client = await broker.ConnectAsync(request);
        }
    }

    [Theory]
    [MemberData(nameof(Repeats))]
    [Spec("MQTT5-4.3.3-12")]
    public async Task Identifier_SentAgainBeforePubRel_IsARedeliveryWhateverIsInIt(MqttVersion version, bool dup, string text)
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectSubscribedAsync(version, topic, 2);
        await using var client = await broker.ConnectAsync(version);
        await PublishAsync(client, version, topic, "first", dup: false);
        await ExpectAsync(client, PacketType.PubRec);
        await PublishAsync(client, version, topic, text, dup);
        await ExpectAsync(client, PacketType.PubRec);
        await client.SendAsync(Packet.Acknowledge(PacketType.PubRel, Identifier));
        await ExpectAsync(client, PacketType.PubComp);
        await PublishAsync(client, version, topic, "second", dup: false);
        await ExpectAsync(client, PacketType.PubRec);
        await subscriber.ReceiveAllAsync("first", "second");
        await subscriber.ExpectNothingAsync(TimeSpan.FromMilliseconds(200));
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Identifier_OfAnEndedSession_IsNotRemembered(MqttVersion version)
    {
        var topic = Unique.Topic();
        var request = ConnectRequest.Persistent(version, Unique.ClientId());
        await using var subscriber = await broker.ConnectSubscribedAsync(version, topic, 2);
        await using (var first = await broker.ConnectAsync(request))
        {
            await PublishAsync(first, version, topic, "first", dup: false);
            await ExpectAsync(first, PacketType.PubRec);
        }

        await using var second = await broker.ConnectAsync(request with { CleanStart = true });
        await PublishAsync(second, version, topic, "second", dup: false);
        await ExpectAsync(second, PacketType.PubRec);
        await subscriber.ReceiveAllAsync("first", "second");
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Identifiers_OfBothDirections_AreIndependent(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectSubscribedAsync(version, $"{topic}/in", 2);
        await broker.PublishAsync(version, $"{topic}/in", 2, "to the client");
        var received = await client.ExpectPublishAsync();
        await using var subscriber = await broker.ConnectSubscribedAsync(version, $"{topic}/out", 2);

        // Both exchanges use the same number, step by step in turn.
        var id = received.PacketIdentifier;
        await client.SendAsync(Packet.Publish(version, $"{topic}/out", "from the client"u8.ToArray(), qos: 2, packetIdentifier: id));
        await client.ExpectAckAsync(PacketType.PubRec, id);
        await client.SendAsync(Packet.Acknowledge(PacketType.PubRec, id));
        await client.ExpectAckAsync(PacketType.PubRel, id);
        await client.SendAsync(Packet.Acknowledge(PacketType.PubRel, id));
        Assert.Equal(Reason.Success, (await client.ExpectAckAsync(PacketType.PubComp, id)).ReasonCode);
        await client.SendAsync(Packet.Acknowledge(PacketType.PubComp, id));
        await client.ExpectNothingAsync();
        await subscriber.ReceiveAllAsync("from the client");
        Assert.Equal("to the client", received.Text);
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-4.6.0-4")]
    [Spec("MQTT311-4.6.0-4")]
    public async Task ManyOpenExchanges_ReleasedInReverse_AreEachDeliveredOnceInOrder(MqttVersion version)
    {
        const int Count = 50;
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectSubscribedAsync(version, topic, 2);
        await using var client = await broker.ConnectAsync(version);
        for (var i = 1; i <= Count; i++)
            await client.SendAsync(Packet.Publish(version, topic, [(byte)i], qos: 2, packetIdentifier: i));
        for (var i = 1; i <= Count; i++)
            await client.ExpectAckAsync(PacketType.PubRec, i); // in the order of the PUBLISHes [MQTT5-4.6.0-3]
        for (var i = Count; i >= 1; i--)
            await client.SendAsync(Packet.Acknowledge(PacketType.PubRel, i));
        for (var i = Count; i >= 1; i--)
            await client.ExpectAckAsync(PacketType.PubComp, i);
        for (var i = 1; i <= Count; i++)
            Assert.Equal(i, (await subscriber.ReceiveAsync()).Payload[0]);
        await subscriber.ExpectNothingAsync();
    }

    private static Task PublishAsync(RawClient client, MqttVersion version, string topic, string text, bool dup) =>
        client.SendAsync(Packet.Publish(version, topic, System.Text.Encoding.UTF8.GetBytes(text), qos: 2, packetIdentifier: Identifier, dup: dup));

    private static async Task ExpectAsync(RawClient client, PacketType type)
    {
        var ack = await client.ExpectAckAsync(type, Identifier);
        Assert.Contains(ack.ReasonCode, new[] { Reason.Success, Reason.NoMatchingSubscribers });
    }
}
