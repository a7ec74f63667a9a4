using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.KnownFaults;

/// <summary>Whether a will goes, and as what: by takeover, by the reason in DISCONNECT, at QoS 2 and retained, to who is away.</summary>
public sealed class WillPublishingTests(BrokerFixture broker)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);

    public static MatrixTheoryData<MqttVersion, MqttVersion, bool> Takeovers =>
        new(Enum.GetValues<MqttVersion>(), Enum.GetValues<MqttVersion>(), [true, false]);

    [Theory]
    [MemberData(nameof(Takeovers))]
    [Spec("MQTT5-3.1.2-8")]
    [Spec("MQTT5-3.1.4-3")]
    [Spec("MQTT311-3.1.2-8")]
    [Spec("MQTT311-3.1.4-2")]
    public async Task Will_TakenOver_GoesOnce(MqttVersion olderVersion, MqttVersion newerVersion, bool clean)
    {
        var (topic, clientId) = (Unique.Topic(), Unique.ClientId());
        await using var subscriber = await broker.ConnectSubscribedAsync(MqttVersion.V50, topic, 1);
        var will = new WillRequest(topic, "gone"u8.ToArray()) { QoS = 1 };
        await using var older = await broker.ConnectAsync(ConnectRequest.Persistent(olderVersion, clientId) with { CleanStart = clean, Will = will });
        await using var newer = await broker.ConnectAsync(ConnectRequest.Persistent(newerVersion, clientId) with { CleanStart = clean });
        await older.ExpectDisconnectAsync(Reason.SessionTakenOver);
        await subscriber.ReceiveAllAsync("gone");
        await newer.DisconnectAsync();
        await subscriber.ExpectNothingAsync(Quiet);
    }

    [Theory]
    [InlineData(Reason.Success, false)]
    [InlineData(Reason.DisconnectWithWill, true)]
    [InlineData((byte)0x80, true)]
    [InlineData(Reason.MalformedPacket, true)]
    [InlineData((byte)0x97, true)]
    [Spec("MQTT5-3.1.2-8")]
    [Spec("MQTT5-3.1.2-10")]
    [Spec("MQTT5-3.14.4-3")]
    public async Task Will_DisconnectWithReason_GoesUnlessItIsNormal(byte reason, bool goes)
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectSubscribedAsync(MqttVersion.V50, topic, 1);
        foreach (var expiry in new uint[] { 0, 300 })
        {
            var request = ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId(), expiry) with
            {
                Will = new WillRequest(topic, "gone"u8.ToArray()) { QoS = 1 },
            };
            await using var client = await broker.ConnectAsync(request);
            await client.DisconnectAsync(reason);
            if (goes)
                await subscriber.ReceiveAllAsync("gone");
            await subscriber.ExpectNothingAsync(Quiet);
        }
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.1.2-10")]
    [Spec("MQTT311-3.1.2-10")]
    public async Task Will_TakenBackByDisconnect_DoesNotGoWithTheNextConnection(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectSubscribedAsync(version, topic, 1);
        var request = ConnectRequest.Persistent(version, Unique.ClientId());
        await using (var first = await broker.ConnectAsync(request with { Will = new WillRequest(topic, "gone"u8.ToArray()) }))
            await first.DisconnectAsync();
        await using (var second = await broker.ConnectAsync(request))
            await second.ResetAsync();
        await subscriber.ExpectNothingAsync(Quiet);
    }

    [Theory]
    [MemberData(nameof(Matrix.VersionsAndQoS), MemberType = typeof(Matrix))]
    [Spec("MQTT5-3.1.2-15")]
    [Spec("MQTT311-3.1.2-17")]
    public async Task Will_Retained_ReachesLiveLateAndAbsent(MqttVersion version, int qos)
    {
        var (topic, away) = (Unique.Topic(), ConnectRequest.Persistent(version, Unique.ClientId()));
        await broker.SubscribeAndLeaveAsync(away, topic, 2);
        await using var live = await broker.ConnectSubscribedAsync(version, topic, 2);
        var will = new WillRequest(topic, "gone"u8.ToArray()) { QoS = qos, Retain = true };
        await (await broker.ConnectAsync(new ConnectRequest(version, Unique.ClientId()) { Will = will })).DisposeAsync();

        var message = await live.ReceiveAsync();
        Assert.Equal(("gone", qos, false, false), (message.Text, message.QoS, message.Retain, message.Dup));
        await using var late = await broker.ConnectSubscribedAsync(version, topic, 2);
        message = await late.ReceiveAsync();
        Assert.Equal(("gone", qos, true, false), (message.Text, message.QoS, message.Retain, message.Dup));
        await using var back = await broker.ConnectAsync(away);
        if (qos > 0)
        {
            message = await back.ReceiveAsync();
            Assert.Equal(("gone", qos, false, false), (message.Text, message.QoS, message.Retain, message.Dup));
        }

        await live.ExpectNothingAsync();
        await late.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(Matrix.VersionsAndQoS), MemberType = typeof(Matrix))]
    public async Task Will_AfterTheClientsLastPublish_ComesAfterIt(MqttVersion version, int qos)
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectSubscribedAsync(version, topic, qos);
        for (var i = 0; i < 20; i++)
        {
            var will = new WillRequest(topic, "gone"u8.ToArray()) { QoS = qos };
            await using var client = await broker.ConnectAsync(new ConnectRequest(version, Unique.ClientId()) { Will = will });
            await client.SendAsync(Packet.Publish(version, topic, "last"u8.ToArray(), qos, packetIdentifier: 1));
            await client.DisposeAsync();
            await subscriber.ReceiveAllAsync("last", "gone");
        }
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.1.2-9")]
    [Spec("MQTT311-3.1.2-9")]
    public async Task Will_WithEmptyPayload_GoesAndClearsWhatIsRetained(MqttVersion version)
    {
        var topic = Unique.Topic();
        await broker.RetainAsync(version, topic, "kept", 1);
        await using var live = await broker.ConnectSubscribedAsync(version, topic, 1);
        await live.ReceiveAllAsync("kept");
        await (await broker.ConnectAsync(new ConnectRequest(version, Unique.ClientId()) { Will = new WillRequest(topic, []) { Retain = true } }))
            .DisposeAsync();
        await live.ReceiveAllAsync("");
        await using var late = await broker.ConnectSubscribedAsync(version, topic, 1);
        await late.ExpectNothingAsync();
    }
}
