using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter4;

/// <summary>UNSUBSCRIBE while messages are in flight: what was begun ends, and nothing begins anew.</summary>
[Spec("MQTT5-3.10.4-2")]
[Spec("MQTT5-3.10.4-3")]
[Spec("MQTT311-3.10.4-2")]
[Spec("MQTT311-3.10.4-3")]
public sealed class UnsubscribeFlowTests(BrokerFixture broker)
{
    [Theory]
    [MemberData(nameof(Matrix.VersionsAndAcknowledgedQoS), MemberType = typeof(Matrix))]
    public async Task Unsubscribe_WhileInFlight_DeliveriesFinishAndNoneBegins(MqttVersion version, int qos)
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectSubscribedAsync(version, topic, qos);
        await broker.PublishAsync(version, topic, qos, "a", "b");
        var sent = new[] { await client.ExpectPublishAsync(), await client.ExpectPublishAsync() };
        await client.UnsubscribeAsync(topic);
        await broker.PublishAsync(version, topic, qos, "too late");
        foreach (var message in sent)
            await client.CompleteAsync(message);
        await client.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(Matrix.VersionsAndAcknowledgedQoS), MemberType = typeof(Matrix))]
    public async Task Unsubscribe_WhileInFlight_RedeliveriesGoOnAfterAReconnect(MqttVersion version, int qos)
    {
        var (request, topic) = (ConnectRequest.Persistent(version, Unique.ClientId()), Unique.Topic());
        PublishFrame sent;
        await using (var first = await broker.ConnectSubscribedAsync(request, topic, qos))
        {
            await broker.PublishAsync(version, topic, qos, "in flight");
            sent = await first.ExpectPublishAsync();
            await first.UnsubscribeAsync(topic);
        }

        await broker.PublishAsync(version, topic, qos, "too late");
        await using var second = await broker.ConnectAsync(request);
        var again = await second.ReceiveAsync();
        Assert.Equal(("in flight", sent.PacketIdentifier, true), (again.Text, again.PacketIdentifier, again.Dup));
        await second.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Unsubscribe_BetweenPubRecAndPubComp_FlowEnds(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectSubscribedAsync(version, topic, 2);
        await broker.PublishAsync(version, topic, 2, "a");
        var message = await client.ExpectPublishAsync();
        await client.SendAsync(Packet.Acknowledge(PacketType.PubRec, message.PacketIdentifier));
        await client.ExpectAckAsync(PacketType.PubRel, message.PacketIdentifier);
        await client.UnsubscribeAsync(topic);
        await client.SendAsync(Packet.Acknowledge(PacketType.PubComp, message.PacketIdentifier));
        await client.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Unsubscribe_WhileAnotherPublishes_NothingComesAfterUnsubAckButWhatWasUnderWay(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectSubscribedAsync(version, topic, 0);
        await using var publisher = await broker.ConnectAsync(version);
        var publishing = PublishAllAsync();
        for (var i = 0; i < 20; i++)
            await client.ReceiveAsync();
        var id = client.NextPacketIdentifier();
        await client.SendAsync(Packet.Unsubscribe(version, id, topic));
        await client.ExpectAfterAsync(PacketType.UnsubAck, skipped: PacketType.Publish);
        // Nothing was queued at QoS 0, so what comes after UNSUBACK was published after it.
        await client.ExpectNothingAsync();
        await publishing;
        await client.ExpectNothingAsync();

        async Task PublishAllAsync()
        {
            for (var i = 0; i < 400; i++)
                await publisher.PublishAsync(topic, $"{i}", qos: 1);
        }
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.10.4-1")]
    [Spec("MQTT311-3.10.4-1")]
    public async Task Unsubscribe_OfOneOfOverlappingFilters_TheOtherGoesOn(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectSubscribedAsync(version, $"{topic}/#", 1);
        await client.SubscribeAsync($"{topic}/a", 2);
        await client.UnsubscribeAsync($"{topic}/a");
        // Compared character by character: these match topics of the filter, and are no filter of this client.
        await client.UnsubscribeAsync($"{topic}/+", $"{topic}", $"{topic}/#/");
        await broker.PublishAsync(version, $"{topic}/a", 2, "x");
        var message = await client.ReceiveAsync();
        Assert.Equal(("x", 1), (message.Text, message.QoS));
        await client.ExpectNothingAsync();
    }

    [Fact]
    [Spec("MQTT5-3.10.4-5")]
    [Spec("MQTT5-3.11.3-1")]
    [Spec("MQTT5-3.11.3-2")]
    [Spec("MQTT5-3.10.4-6")]
    public async Task Unsubscribe_KnownUnknownAndTwice_IsAnsweredInOrder()
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectSubscribedAsync(MqttVersion.V50, topic, 0);
        await client.SubscribeAsync($"$share/g/{topic}", 0);
        const byte Known = Reason.Success;
        const byte Unknown = Reason.NoSubscriptionExisted;
        var answer = await client.UnsubscribeAsync($"{topic}/x", topic, topic, $"$share/g/{topic}", $"$share/h/{topic}");
        Assert.Equal([Unknown, Known, Unknown, Known, Unknown], answer.ReasonCodes);
        answer = await client.UnsubscribeAsync(topic);
        Assert.Equal([Unknown], answer.ReasonCodes);
    }
}
