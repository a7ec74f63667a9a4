using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter4;

/// <summary>The order of QoS 1 and 2 messages, at first and again after reconnects.</summary>
[Spec("MQTT5-4.6.0-5")]
[Spec("MQTT5-4.6.0-6")]
[Spec("MQTT311-4.6.0-5")]
[Spec("MQTT311-4.6.0-6")]
public sealed class DeliveryOrderFlowTests(BrokerFixture broker)
{
    private static readonly string[] Ten = [.. Enumerable.Range(0, 10).Select(static i => $"{i}")];

    [Theory]
    [MemberData(nameof(Matrix.VersionsAndAcknowledgedQoS), MemberType = typeof(Matrix))]
    [Spec("MQTT5-4.4.0-1")]
    [Spec("MQTT311-4.4.0-1")]
    public async Task Redelivery_OfWhatWasAcknowledgedWithGaps_KeepsTheOrderAndTheNewFollows(MqttVersion version, int qos)
    {
        var (request, topic) = (ConnectRequest.Persistent(version, Unique.ClientId()), Unique.Topic());
        var sent = new List<PublishFrame>();
        await using (var first = await broker.ConnectSubscribedAsync(request, topic, qos))
        {
            await broker.PublishAsync(version, topic, qos, Ten);
            foreach (var _ in Ten)
                sent.Add(await first.ExpectPublishAsync());
            foreach (var i in new[] { 7, 0, 4 })
                await first.CompleteAsync(sent[i]);
            await first.PingAsync();
        }

        await broker.PublishAsync(version, topic, qos, "while away");
        await using var second = await broker.ConnectAsync(request);
        await broker.PublishAsync(version, topic, qos, "after");
        foreach (var expected in sent.Where((_, i) => i is not (7 or 0 or 4)))
        {
            var again = await second.ReceiveAsync();
            Assert.Equal((expected.Text, expected.PacketIdentifier, true), (again.Text, again.PacketIdentifier, again.Dup));
        }

        await second.ReceiveAllAsync("while away", "after");
        await second.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-4.4.0-1")]
    [Spec("MQTT5-4.6.0-1")]
    [Spec("MQTT311-4.4.0-1")]
    public async Task Redelivery_QoS1AndQoS2AndReleases_KeepTheOrderOfFirstSending(MqttVersion version)
    {
        var (request, topic) = (ConnectRequest.Persistent(version, Unique.ClientId()), Unique.Topic());
        var sent = new List<PublishFrame>();
        await using (var first = await broker.ConnectSubscribedAsync(request, topic, 2))
        {
            // QoS:       2    1    2    2    1    2
            // released:       -    yes  -    -    yes
            foreach (var (text, qos) in new[] { ("a", 2), ("b", 1), ("c", 2), ("d", 2), ("e", 1), ("f", 2) })
            {
                await broker.PublishAsync(version, topic, qos, text);
                sent.Add(await first.ExpectPublishAsync());
            }

            foreach (var i in new[] { 2, 5 })
            {
                await first.SendAsync(Packet.Acknowledge(PacketType.PubRec, sent[i].PacketIdentifier));
                await first.ExpectAckAsync(PacketType.PubRel, sent[i].PacketIdentifier);
            }
        }

        await using var second = await broker.ConnectAsync(request);
        var publishes = new List<PublishFrame>();
        var releases = new List<int>();
        for (var i = 0; i < sent.Count; i++)
        {
            var frame = await second.NextAsync();
            if (frame.Type == PacketType.PubRel)
                releases.Add(frame.ToAck(version).PacketIdentifier);
            else
                publishes.Add(frame.ToPublish(version));
        }

        Assert.Equal(["a", "b", "d", "e"], publishes.Select(message => message.Text));
        Assert.All(publishes, message => Assert.True(message.Dup));
        Assert.Equal([sent[2].PacketIdentifier, sent[5].PacketIdentifier], releases);
        await second.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(Matrix.VersionsAndAcknowledgedQoS), MemberType = typeof(Matrix))]
    public async Task Redelivery_CutShortAgainAndAgain_NeitherLosesNorReorders(MqttVersion version, int qos)
    {
        var (request, topic) = (ConnectRequest.Persistent(version, Unique.ClientId()), Unique.Topic());
        await broker.SubscribeAndLeaveAsync(request, topic, qos);
        await broker.PublishAsync(version, topic, qos, Ten);
        foreach (var text in Ten)
        {
            // One is completed on each connection, whatever else is in flight.
            await using var client = await broker.ConnectAsync(request);
            var message = await client.ReceiveAsync();
            Assert.Equal(text, message.Text);
            await client.SendAsync(Packet.PingReq);
            await client.ExpectAnswerAsync(PacketType.PingResp);
        }

        await using var last = await broker.ConnectAsync(request);
        await last.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(Matrix.VersionsAndAcknowledgedQoS), MemberType = typeof(Matrix))]
    public async Task Acknowledgements_InReverseOrder_AreTaken(MqttVersion version, int qos)
    {
        var (request, topic) = (ConnectRequest.Persistent(version, Unique.ClientId()), Unique.Topic());
        await using (var client = await broker.ConnectSubscribedAsync(request, topic, qos))
        {
            await broker.PublishAsync(version, topic, qos, Ten);
            var sent = new Stack<PublishFrame>();
            foreach (var _ in Ten)
                sent.Push(await client.ExpectPublishAsync());
            while (sent.TryPop(out var message))
                await client.CompleteAsync(message);
            await client.ExpectNothingAsync();
        }

        await using var back = await broker.ConnectAsync(request);
        await back.ExpectNothingAsync();
    }
}
