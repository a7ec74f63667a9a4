using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter4;

/// <summary>QoS 2 from the broker to a client, with the connection lost after every step: the message is delivered, and once.</summary>
[Spec("MQTT5-4.3.3-1")]
[Spec("MQTT5-4.3.3-3")]
[Spec("MQTT5-4.3.3-4")]
[Spec("MQTT5-4.3.3-5")]
[Spec("MQTT5-4.4.0-1")]
[Spec("MQTT311-4.3.3-1")]
[Spec("MQTT311-4.4.0-1")]
public sealed class ExactlyOnceOutFlowTests(BrokerFixture broker)
{
    public enum Loss
    {
        BeforePublish,
        BeforePubRec,
        AfterPubRecBeforeItIsKnown,
        AfterPubRel,
        AfterPubComp,
    }

    public static MatrixTheoryData<MqttVersion, Loss> Losses => new(Enum.GetValues<MqttVersion>(), Enum.GetValues<Loss>());

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task Connection_LostAtAStep_FlowGoesOnFromThere(MqttVersion version, Loss loss)
    {
        var (request, topic) = (ConnectRequest.Persistent(version, Unique.ClientId()), Unique.Topic());
        var client = await broker.ConnectSubscribedAsync(request, topic, 2);
        if (loss == Loss.BeforePublish)
            await LoseAsync();
        await broker.PublishAsync(version, topic, 2, "once");
        var message = await client.ExpectPublishAsync();
        Assert.False(message.Dup);
        if (loss == Loss.BeforePubRec)
        {
            await LoseAsync();
            var again = await client.ExpectPublishAsync();
            Assert.Equal((message.PacketIdentifier, true), (again.PacketIdentifier, again.Dup));
        }

        await client.SendAsync(Packet.Acknowledge(PacketType.PubRec, message.PacketIdentifier));
        if (loss == Loss.AfterPubRecBeforeItIsKnown)
            await LoseAsync();
        // PUBREC may have been lost with the connection, but these bytes were sent: it must not be asked for again.
        await client.ExpectAckAsync(PacketType.PubRel, message.PacketIdentifier);
        if (loss == Loss.AfterPubRel)
        {
            await LoseAsync();
            await client.ExpectAckAsync(PacketType.PubRel, message.PacketIdentifier);
        }

        await client.SendAsync(Packet.Acknowledge(PacketType.PubComp, message.PacketIdentifier));
        if (loss == Loss.AfterPubComp)
            await LoseAsync();
        await client.ExpectNothingAsync();
        await LoseAsync();
        await client.ExpectNothingAsync();
        await broker.PublishAsync(version, topic, 2, "next");
        Assert.Equal("next", (await client.ExpectPublishAsync()).Text);
        await client.DisposeAsync();

        async Task LoseAsync()
        {
            // The broker has read everything: without that the CONNECT of the next connection may be read before what is under way on this one.
            await client.LeaveAsync();
            client = await broker.ConnectAsync(request);
        }
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Connection_TakenOverAtEveryStep_FlowGoesOn(MqttVersion version)
    {
        var (request, topic) = (ConnectRequest.Persistent(version, Unique.ClientId()), Unique.Topic());
        var client = await broker.ConnectSubscribedAsync(request, topic, 2);
        await broker.PublishAsync(version, topic, 2, "once");
        var message = await client.ExpectPublishAsync();
        await TakeOverAsync();
        Assert.True((await client.ExpectPublishAsync()).Dup);
        await client.SendAsync(Packet.Acknowledge(PacketType.PubRec, message.PacketIdentifier));
        await client.ExpectAckAsync(PacketType.PubRel, message.PacketIdentifier);
        await TakeOverAsync();
        await client.ExpectAckAsync(PacketType.PubRel, message.PacketIdentifier);
        await client.SendAsync(Packet.Acknowledge(PacketType.PubComp, message.PacketIdentifier));
        await client.PingAsync();
        await TakeOverAsync();
        await client.ExpectNothingAsync();
        await client.DisposeAsync();

        async Task TakeOverAsync()
        {
            await using var older = client;
            client = await broker.ConnectAsync(request);
            await older.ExpectDisconnectAsync(Reason.SessionTakenOver);
        }
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-4.3.3-6")]
    public async Task PubRec_SentTwice_IsAnsweredTwiceAndTheMessageEndsOnce(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectSubscribedAsync(version, topic, 2);
        await broker.PublishAsync(version, topic, 2, "once", "next");
        var message = await client.ExpectPublishAsync();
        var next = await client.ExpectPublishAsync();
        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync(Packet.Acknowledge(PacketType.PubRec, message.PacketIdentifier));
            Assert.Equal(Reason.Success, (await client.ExpectAckAsync(PacketType.PubRel, message.PacketIdentifier)).ReasonCode);
        }

        for (var i = 0; i < 2; i++)
            await client.SendAsync(Packet.Acknowledge(PacketType.PubComp, message.PacketIdentifier));
        await client.CompleteAsync(next);
        await client.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task PubComp_BeforePubRec_EndsNothing(MqttVersion version)
    {
        var (request, topic) = (ConnectRequest.Persistent(version, Unique.ClientId()), Unique.Topic());
        await using (var client = await broker.ConnectSubscribedAsync(request, topic, 2))
        {
            await broker.PublishAsync(version, topic, 2, "once");
            var message = await client.ExpectPublishAsync();
            await client.SendAsync(Packet.Acknowledge(PacketType.PubComp, message.PacketIdentifier));
            await client.SendAsync(Packet.Acknowledge(PacketType.PubAck, message.PacketIdentifier));
            await client.PingAsync();
        }

        await using var back = await broker.ConnectAsync(request);
        await back.ReceiveAllAsync("once");
    }
}
