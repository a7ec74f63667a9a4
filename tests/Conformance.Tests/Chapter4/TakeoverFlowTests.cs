using System.Globalization;
using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter4;

/// <summary>A client id connects again while its older connection is open and busy.</summary>
[Spec("MQTT5-3.1.4-3")]
[Spec("MQTT311-3.1.4-2")]
public sealed class TakeoverFlowTests(BrokerFixture broker)
{
    public static MatrixTheoryData<MqttVersion, MqttVersion, int> VersionPairsAndQoS =>
        new(Enum.GetValues<MqttVersion>(), Enum.GetValues<MqttVersion>(), [1, 2]);

    [Theory]
    [MemberData(nameof(VersionPairsAndQoS))]
    public async Task Takeover_WhileInFlight_NewerGetsConnAckThenTheRedeliveries(MqttVersion olderVersion, MqttVersion newerVersion, int qos)
    {
        var (clientId, topic) = (Unique.ClientId(), Unique.Topic());
        await using var older = await broker.ConnectSubscribedAsync(ConnectRequest.Persistent(olderVersion, clientId), topic, qos);
        await broker.PublishAsync(MqttVersion.V50, topic, qos, "a", "b", "c");
        var sent = new List<PublishFrame>();
        for (var i = 0; i < 3; i++)
            sent.Add(await older.ExpectPublishAsync());
        await older.CompleteAsync(sent[1]);
        await older.PingAsync();

        // CONNACK is the first packet, or this throws.
        var (newer, connAck) = await RawClient.ConnectWithAckAsync(broker.Endpoint, ConnectRequest.Persistent(newerVersion, clientId));
        await using (newer)
        {
            Assert.Equal(newerVersion != MqttVersion.V31, connAck.SessionPresent);
            await older.ExpectDisconnectAsync(Reason.SessionTakenOver);
            foreach (var expected in new[] { sent[0], sent[2] })
            {
                var again = await newer.ReceiveAsync();
                Assert.Equal((expected.Text, expected.PacketIdentifier, true), (again.Text, again.PacketIdentifier, again.Dup));
            }

            await broker.PublishAsync(MqttVersion.V50, topic, qos, "d");
            var next = await newer.ReceiveAsync();
            Assert.Equal(("d", false), (next.Text, next.Dup));
            await newer.ExpectNothingAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Takeover_WithCleanStart_NothingOfTheOlderComes(MqttVersion version)
    {
        var (clientId, topic) = (Unique.ClientId(), Unique.Topic());
        await using var older = await broker.ConnectSubscribedAsync(ConnectRequest.Persistent(version, clientId), topic, 2);
        await broker.PublishAsync(version, topic, 2, "a");
        await older.ExpectPublishAsync();
        await using var newer = await broker.ConnectAsync(new ConnectRequest(version, clientId));
        await older.ExpectDisconnectAsync(Reason.SessionTakenOver);
        await broker.PublishAsync(version, topic, 2, "b");
        await newer.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Takeover_OfASessionThatEndsWithItsConnection_ResumesNothing(MqttVersion version)
    {
        var (clientId, topic) = (Unique.ClientId(), Unique.Topic());
        await using var older = await broker.ConnectSubscribedAsync(new ConnectRequest(version, clientId), topic, 1);
        var (newer, connAck) = await RawClient.ConnectWithAckAsync(broker.Endpoint, ConnectRequest.Persistent(version, clientId));
        await using (newer)
        {
            await older.ExpectDisconnectAsync(Reason.SessionTakenOver);
            Assert.False(connAck.SessionPresent);
            await broker.PublishAsync(version, topic, 1, "x");
            await newer.ExpectNothingAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-4.3.3-10")]
    public async Task Takeover_WithAnOpenInboundExchange_IdentifierIsStillKnown(MqttVersion version)
    {
        var (request, topic) = (ConnectRequest.Persistent(version, Unique.ClientId()), Unique.Topic());
        await using var subscriber = await broker.ConnectSubscribedAsync(version, topic, 2);
        await using var older = await broker.ConnectAsync(request);
        await older.SendAsync(Packet.Publish(version, topic, "once"u8.ToArray(), qos: 2, packetIdentifier: 3));
        await older.ExpectAckAsync(PacketType.PubRec, 3);
        await using var newer = await broker.ConnectAsync(request);
        await newer.SendAsync(Packet.Publish(version, topic, "once"u8.ToArray(), qos: 2, packetIdentifier: 3, dup: true));
        await newer.ExpectAckAsync(PacketType.PubRec, 3);
        await newer.SendAsync(Packet.Acknowledge(PacketType.PubRel, 3));
        Assert.Equal(Reason.Success, (await newer.ExpectAckAsync(PacketType.PubComp, 3)).ReasonCode);
        await subscriber.ReceiveAllAsync("once");
        await subscriber.ExpectNothingAsync(TimeSpan.FromMilliseconds(200));
    }

    [Theory]
    [MemberData(nameof(Matrix.VersionsAndAcknowledgedQoS), MemberType = typeof(Matrix))]
    public async Task Takeover_AgainAndAgainWhileAnotherPublishes_LosesNothingAndKeepsTheOrder(MqttVersion version, int qos)
    {
        const int Count = 200;
        var (request, topic) = (ConnectRequest.Persistent(version, Unique.ClientId()), Unique.Topic());
        var client = await broker.ConnectSubscribedAsync(request, topic, qos);
        await using var publisher = await broker.ConnectAsync(version);
        var publishing = PublishAllAsync();
        var next = 0;
        while (next < Count)
        {
            for (var i = 0; i < 25 && next < Count; i++)
            {
                var message = await ReceiveAfterPubRelAgainAsync(client);
                var number = int.Parse(message.Text, CultureInfo.InvariantCulture);
                // What the older connection acknowledged last may have been lost with it: only such a one comes again, with DUP.
                Assert.True(number == next || (qos == 1 && message.Dup && number < next), $"{number} where {next} was to come");
                next = Math.Max(next, number + 1);
            }

            await using var older = client;
            client = await broker.ConnectAsync(request);
        }

        await publishing;
        await client.DisposeAsync();

        async Task PublishAllAsync()
        {
            for (var i = 0; i < Count; i++)
                await publisher.PublishAsync(topic, $"{i}", qos);
        }
    }

    /// <summary>The PUBCOMP sent last on the older connection may have been lost with it: then its PUBREL comes first, again.</summary>
    private static async Task<PublishFrame> ReceiveAfterPubRelAgainAsync(RawClient client)
    {
        var frame = await client.NextAsync();
        if (frame.Type == PacketType.PubRel)
        {
            await client.SendAsync(Packet.Acknowledge(PacketType.PubComp, frame.ToAck(client.Version).PacketIdentifier));
            return await client.ReceiveAsync();
        }

        Assert.Equal(PacketType.Publish, frame.Type);
        var publish = frame.ToPublish(client.Version);
        await client.CompleteAsync(publish);
        return publish;
    }
}
