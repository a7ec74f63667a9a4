using System.Globalization;
using OrleansBroker.Conformance.Tests.OwnBroker;
using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests;

/// <summary>What the broker says of itself below $SYS/broker, who gets it, and that nobody else speaks there.</summary>
public sealed class SysTopicTests(SysBroker broker) : IClassFixture<SysBroker>
{
    private const byte NotAuthorized = 0x87;

    /// <summary>CONNACK of 3.1 and 3.1.1: not authorized.</summary>
    private const byte NotAuthorized3 = 5;

    private const int RetainAsPublished = 0x08;

    /// <summary>Changes at every interval while somebody gets it, because of that.</summary>
    private const string Tick = "$SYS/broker/bytes/sent";

    // Named as Mosquitto 2.0 names them.
    private static readonly string[] Known =
    [
        "version", "uptime", "clients/total", "clients/maximum", "clients/expired", "clients/connected", "clients/disconnected", "clients/active",
        "clients/inactive", "messages/received", "messages/sent", "messages/stored", "bytes/received", "bytes/sent", "publish/messages/received",
        "publish/messages/sent", "publish/messages/dropped", "publish/bytes/received", "publish/bytes/sent", "subscriptions/count",
        "shared_subscriptions/count", "retained messages/count", "store/messages/count", "store/messages/bytes", "heap/current", "heap/maximum",
    ];

    private static readonly string[] Loads =
    [
        "connections", "sockets", "messages/received", "messages/sent", "publish/received", "publish/sent", "publish/dropped", "bytes/received", "bytes/sent",
    ];

    public static TheoryData<MqttVersion, int> VersionsAndQoS
    {
        get
        {
            var data = new TheoryData<MqttVersion, int>();
            foreach (var version in Enum.GetValues<MqttVersion>())
                for (var qos = 0; qos <= 2; qos++)
                    data.Add(version, qos);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.3.1-8")]
    [Spec("MQTT311-3.3.1-8")]
    public async Task Subscribe_ToAll_GetsEveryValueRetained(MqttVersion version)
    {
        string[] names =
        [
            .. Known, .. Loads.SelectMany(static load => new[] { 1, 5, 15 }.Select(minutes => $"load/{load}/{minutes}min")),
            "sessions/count", "publish/messages/dropped/not_authorized", "publish/messages/dropped/slow_consumer",
        ];
        var missing = names.Select(static name => "$SYS/broker/" + name).ToHashSet();
        var values = new Dictionary<string, string>();
        await using var client = await broker.ConnectAsync(version);
        await client.SubscribeAsync("$SYS/#", 0);
        while (missing.Count > 0)
        {
            var message = await client.ReceiveAsync();
            Assert.Equal(values.TryAdd(message.Topic, message.Text), message.Retain);
            missing.Remove(message.Topic);
        }

        Assert.StartsWith("orleans-broker version ", values["$SYS/broker/version"], StringComparison.Ordinal);
        Assert.Matches("^[0-9]+ seconds$", values["$SYS/broker/uptime"]);
        Assert.All(Loads, load => Assert.Matches("^[0-9]+[.][0-9][0-9]$", values[$"$SYS/broker/load/{load}/15min"]));
        Assert.All(Known.Skip(2), name => Assert.True(long.Parse(values["$SYS/broker/" + name], CultureInfo.InvariantCulture) >= 0));
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Values_AfterKnownTraffic_Follow(MqttVersion version)
    {
        await using var reader = await broker.ConnectAsync(MqttVersion.V311);
        var before = await ReadAsync(reader, "publish/messages/received", "publish/bytes/received", "retained messages/count", "store/messages/bytes");
        var topic = Unique.Topic();
        await using var publisher = await broker.ConnectAsync(version);
        await publisher.PublishAsync(topic, "0123456789", qos: 1, retain: true);
        await publisher.PublishAsync(topic, "01234", qos: 2);
        await publisher.PublishAsync(topic, "", qos: 0);

        await ReachAsync(broker, "publish/messages/received", before["publish/messages/received"] + 3);
        await ReachAsync(broker, "publish/bytes/received", before["publish/bytes/received"] + 15);
        await ReachAsync(broker, "retained messages/count", before["retained messages/count"] + 1);
        await ReachAsync(broker, "store/messages/bytes", before["store/messages/bytes"] + topic.Length + 10);
        await publisher.PublishAsync(topic, "", qos: 1, retain: true);
        await ReachAsync(broker, "retained messages/count", before["retained messages/count"]);
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Values_OfClientsAndSubscriptions_FollowThem(MqttVersion version)
    {
        string[] names =
            ["clients/connected", "clients/disconnected", "clients/total", "sessions/count", "subscriptions/count", "shared_subscriptions/count", "messages/stored"];
        // Each reader comes and goes with the reading, so that it counts every time alike.
        Dictionary<string, long> before;
        await using (var reader = await broker.ConnectAsync(MqttVersion.V311))
            before = await ReadAsync(reader, names);
        var request = ConnectRequest.Persistent(version, Unique.ClientId());
        var topic = Unique.Topic();
        await using (var client = await broker.ConnectAsync(request))
        {
            await client.SubscribeAsync(topic, 1);
            await client.SubscribeAsync($"$share/g/{topic}/x", 1);
            await ReachAsync(broker, "clients/connected", before["clients/connected"] + 1);
            await ReachAsync(broker, "sessions/count", before["sessions/count"] + 1);
            await ReachAsync(broker, "subscriptions/count", before["subscriptions/count"] + 1);
            await ReachAsync(broker, "shared_subscriptions/count", before["shared_subscriptions/count"] + 1);
            await client.DisconnectAsync();
        }

        await ReachAsync(broker, "clients/connected", before["clients/connected"]);
        await ReachAsync(broker, "clients/disconnected", before["clients/disconnected"] + 1);
        await ReachAsync(broker, "clients/total", before["clients/total"] + 1);
        await using (var publisher = await broker.ConnectAsync(version))
            await publisher.PublishAsync(topic, "queued", qos: 1);
        await ReachAsync(broker, "messages/stored", before["messages/stored"] + 1);

        await using (var last = await broker.ConnectAsync(new ConnectRequest(version, request.ClientId)))
            await last.DisconnectAsync();
        await ReachAsync(broker, "clients/disconnected", before["clients/disconnected"]);
        await ReachAsync(broker, "sessions/count", before["sessions/count"]);
        await ReachAsync(broker, "messages/stored", before["messages/stored"]);
    }

    [Theory]
    [InlineData(MqttVersion.V31, 0, false)]
    [InlineData(MqttVersion.V311, 0, false)]
    [InlineData(MqttVersion.V50, 0, false)]
    [InlineData(MqttVersion.V50, RetainAsPublished, true)]
    [Spec("MQTT5-3.3.1-12")]
    [Spec("MQTT5-3.3.1-13")]
    [Spec("MQTT311-3.3.1-9")]
    public async Task Values_ThatChange_ComeAsLiveMessages(MqttVersion version, int options, bool retain)
    {
        await using var client = await broker.ConnectAsync(version);
        await client.SubscribeAsync(Tick, options);
        var first = await client.ReceiveAsync();
        var second = await client.ReceiveAsync();
        Assert.Equal((true, retain), (first.Retain, second.Retain));
        Assert.True(Number(second) > Number(first), $"{second.Text} after {first.Text}");
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-4.7.2-1")]
    [Spec("MQTT311-4.7.2-1")]
    public async Task Subscribe_WildcardInFront_GetsNothingOfIt(MqttVersion version)
    {
        await using var client = await broker.ConnectAsync(version);
        foreach (var filter in new[] { "#", "+/#", "+/broker/uptime", "+/+/+" })
            await client.SubscribeAsync(filter, 1);
        // Two values after the subscriptions: had they matched, the first would be here by the second.
        await using var witness = await broker.ConnectAsync(version);
        await witness.SubscribeAsync(Tick, 0);
        for (var i = 0; i < 3; i++)
            await witness.ReceiveAsync();
        for (var frame = client.TryNext(); frame is not null; frame = client.TryNext())
            Assert.DoesNotContain("$SYS", frame.ToPublish(version).Topic, StringComparison.Ordinal);
        await client.PingAsync();
    }

    [Theory]
    [MemberData(nameof(VersionsAndQoS))]
    [Spec("MQTT311-3.3.5-2")]
    public async Task Publish_BelowSys_IsRefused(MqttVersion version, int qos)
    {
        await using var subscriber = await broker.ConnectAsync(version);
        await subscriber.SubscribeAsync("$SYS/own/#", qos);
        await using var publisher = await broker.ConnectAsync(version);
        string[] topics = ["$SYS", "$SYS/own", "$SYS/own/x"];
        for (var i = 1; i <= topics.Length; i++)
        {
            await publisher.SendAsync(Packet.Publish(version, topics[i - 1], [1], qos, i, retain: true));
            if (qos > 0)
            {
                var ack = await publisher.ExpectAckAsync(qos == 1 ? PacketType.PubAck : PacketType.PubRec, i);
                Assert.Equal(version == MqttVersion.V50 ? NotAuthorized : Reason.Success, ack.ReasonCode);
            }

            await publisher.PingAsync();
        }

        await subscriber.ExpectNothingAsync();
        await using var late = await broker.ConnectAsync(version);
        await late.SubscribeAsync("$SYS/own/#", qos);
        await late.ExpectNothingAsync();
        // No more than the name begins alike.
        await late.SubscribeAsync("$SYSTEM/x", 1);
        await publisher.PublishAsync("$SYSTEM/x", "y", qos);
        Assert.Equal("y", (await late.ReceiveAsync()).Text);
    }

    [Fact]
    public async Task Publish_BelowSys_IsCountedAsDropped()
    {
        await using var reader = await broker.ConnectAsync(MqttVersion.V311);
        var before = await ReadAsync(reader, "publish/messages/dropped", "publish/messages/dropped/not_authorized");
        for (var qos = 0; qos <= 2; qos++)
            await reader.SendAsync(Packet.Publish(MqttVersion.V311, "$SYS/x", [1], qos, packetIdentifier: 1 + qos));
        await ReachAsync(broker, "publish/messages/dropped/not_authorized", before["publish/messages/dropped/not_authorized"] + 3);
        await ReachAsync(broker, "publish/messages/dropped", before["publish/messages/dropped"] + 3);
    }

    [Theory]
    [InlineData(MqttVersion.V31, NotAuthorized3)]
    [InlineData(MqttVersion.V311, NotAuthorized3)]
    [InlineData(MqttVersion.V50, NotAuthorized)]
    public async Task Connect_WillBelowSys_IsRefused(MqttVersion version, byte reason)
    {
        await using var client = await RawClient.OpenAsync(broker.Endpoint, version);
        var request = new ConnectRequest(version, Unique.ClientId()) { Will = new WillRequest("$SYS/broker/version", [1]) { QoS = 1, Retain = true } };
        await client.SendAsync(request.ToBytes());
        Assert.Equal(reason, (await client.ExpectAsync(PacketType.ConnAck)).ToConnAck(version).ReasonCode);
        await client.ExpectClosedAsync();
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Reconnect_OfADurableSession_GoesOnWithItsSubscription(MqttVersion version)
    {
        var request = ConnectRequest.Persistent(version, Unique.ClientId());
        long last;
        await using (var first = await broker.ConnectAsync(request))
        {
            await first.SubscribeAsync(Tick, 1);
            last = Number(await first.ReceiveAsync());
            await first.SendAsync(Packet.Disconnect(version));
            await first.ExpectClosedAsync(skipped: PacketType.Publish);
        }

        // Long enough for a value that a session without connection must not queue.
        await using (var witness = await broker.ConnectAsync(version))
        {
            await witness.SubscribeAsync(Tick, 0);
            for (var i = 0; i < 4; i++)
                last = Number(await witness.ReceiveAsync());
        }

        var (second, connAck) = await RawClient.ConnectWithAckAsync(broker.Endpoint, request);
        await using (second)
        {
            Assert.Equal(version != MqttVersion.V31, connAck.SessionPresent);
            var message = await second.ReceiveAsync();
            Assert.False(message.Retain);
            Assert.True(Number(message) > last, message.Text);
            Assert.True(Number(await second.ReceiveAsync()) > Number(message));
            await second.UnsubscribeAsync(Tick);
            while (second.TryNext() is not null)
            {
                // What had been sent before UNSUBACK.
            }

            await second.ExpectNothingAsync(TimeSpan.FromMilliseconds(500));
        }
    }

    [Fact]
    public async Task Share_OfTwo_GivesEachValueToOne()
    {
        await using var one = await broker.ConnectAsync(MqttVersion.V50);
        await using var other = await broker.ConnectAsync(MqttVersion.V311);
        await one.SubscribeAsync("$share/g/" + Tick, 0);
        await other.SubscribeAsync("$share/g/" + Tick, 0);
        var values = new[] { await one.ReceiveAsync(), await other.ReceiveAsync(), await one.ReceiveAsync(), await other.ReceiveAsync() };
        Assert.Equal(4, values.Select(Number).Distinct().Count());
    }

    [Fact]
    public async Task SysInterval_Zero_PublishesNothing()
    {
        await using var own = await OwnBroker.OwnBroker.StartAsync("Broker:Timing:SysInterval=0s");
        await using var client = await own.ConnectAsync(MqttVersion.V50);
        await client.SubscribeAsync("$SYS/#", 0);
        await client.ExpectNothingAsync();
    }

    [Fact]
    public async Task AuthorizationFile_SysTopics_MayBeReadAsItSaysAndNeverWritten()
    {
        using var folder = new TemporaryFolder();
        var rules = Path.Combine(folder.Path, "rules");
        await File.WriteAllTextAsync(rules, "deny all subscribe $SYS/broker/clients/#\nallow all all $SYS/#\ndefault deny\n", TestContext.Current.CancellationToken);
        await using var own = await OwnBroker.OwnBroker.StartAsync($"Broker:Authorization:File={rules}");
        await using var client = await own.ConnectAsync(MqttVersion.V50);
        var subAck = await client.SubscribeWithAckAsync([("$SYS/broker/version", 0), ("$SYS/#", 0), ("$SYS/broker/clients/total", 0)]);
        Assert.Equal([0, NotAuthorized, NotAuthorized], subAck.ReasonCodes);
        Assert.Equal("$SYS/broker/version", (await client.ReceiveAsync()).Topic);
        await client.SendAsync(Packet.Publish(MqttVersion.V50, "$SYS/x", [1], qos: 1, packetIdentifier: 1));
        Assert.Equal(NotAuthorized, (await client.ExpectAckAsync(PacketType.PubAck, 1)).ReasonCode);
    }

    private static long Number(PublishFrame message) => long.Parse(message.Text, CultureInfo.InvariantCulture);

    /// <summary>The values with this reader, its one subscription included, counted.</summary>
    private static async Task<Dictionary<string, long>> ReadAsync(RawClient reader, params string[] names)
    {
        await reader.SubscribeAsync("$SYS/broker/#", 0);
        var values = new Dictionary<string, string>();
        // With the retained one, then one that may have been read before the subscription was there, then one that follows values that were not.
        for (var ticks = 0; ticks < 3;)
        {
            var message = await reader.ReceiveAsync();
            values[message.Topic] = message.Text;
            ticks += message.Topic == Tick ? 1 : 0;
        }

        return names.ToDictionary(static name => name, name => long.Parse(values["$SYS/broker/" + name], CultureInfo.InvariantCulture));
    }

    /// <summary>A reader of its own waits until the value is there, itself being counted like the one that read it before.</summary>
    private static async Task ReachAsync(SysBroker broker, string name, long expected)
    {
        await using var reader = await broker.ConnectAsync(MqttVersion.V311);
        await reader.SubscribeAsync("$SYS/broker/" + name, 0);
        while (long.Parse((await reader.ReceiveAsync()).Text, CultureInfo.InvariantCulture) != expected)
        {
        }
    }
}
