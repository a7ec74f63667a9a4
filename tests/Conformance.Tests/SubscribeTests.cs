using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests;

/// <summary>Filters and their options.</summary>
public sealed class SubscribeTests(BrokerFixture broker)
{
    private const int NoLocal = 0x04;
    private const int RetainAsPublished = 0x08;
    private const int RetainOnlyWhenNew = 0x10;
    private const int RetainNever = 0x20;

    /// <summary>Filter and topic below a root of their own, and whether they match (MQTT5 section 4.7.1).</summary>
    public static TheoryData<string, string, bool> Matches => new()
    {
        { "/a", "/a", true },
        { "/a", "/A", false },
        { "/+", "/a", true },
        { "/+", "/a/b", false },
        { "/+", "/", true },
        { "/+", "", false },
        { "/#", "", true },
        { "/#", "/", true },
        { "/#", "/a/b/c", true },
        { "/a/#", "/a", true },
        { "/a/#", "/ab", false },
        { "/a/+/c", "/a/b/c", true },
        { "/a/+/c", "/a//c", true },
        { "/a/+/c", "/a/b/b/c", false },
        { "/+/+", "/a/b", true },
        { "/+/+", "/a", false },
        { "/+/b/#", "/a/b", true },
        { "/+/b/#", "/a/c", false },
        { "/a//b", "/a//b", true },
        { "/a//b", "/a/b", false },
        { "/$x", "/$x", true },
        { "/#", "/$x", true },
        { "/ä €😀", "/ä €😀", true },
    };

    [Theory]
    [MemberData(nameof(Matches))]
    [Spec("MQTT5-4.7.3-4")]
    [Spec("MQTT5-3.3.2-3")]
    public async Task Filter_AgainstATopic_MatchesAsTheStandardSays(string filter, string topic, bool matches)
    {
        var root = Unique.Topic();
        foreach (var version in Enum.GetValues<MqttVersion>())
        {
            await using var client = await broker.ConnectAsync(version);
            await client.SubscribeAsync(root + filter, 1);
            await client.PublishAsync(root + topic, "x", qos: 1);
            if (matches)
                Assert.Equal(root + topic, (await client.ReceiveAsync()).Topic);
            await client.ExpectNothingAsync();
        }
    }

    [Theory]
    [InlineData("+")]
    [InlineData("#")]
    [InlineData("+/#")]
    [InlineData("+/{0}/#")]
    [Spec("MQTT5-4.7.2-1")]
    [Spec("MQTT311-4.7.2-1")]
    public async Task Filter_BeginningWithAWildcard_MatchesNoDollarTopic(string filter)
    {
        var name = Unique.ClientId();
        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        // All other tests publish without a first level of `$`, so only those count.
        await client.SubscribeAsync(string.Format(filter, name), 0);
        await using var publisher = await broker.ConnectAsync(MqttVersion.V50);
        await publisher.PublishAsync($"$own/{name}/x", "hidden");
        await publisher.PublishAsync($"{name}", "end", qos: 1);
        await publisher.PublishAsync($"own/{name}/x", "end", qos: 1);
        PublishFrame message;
        do
        {
            message = await client.ReceiveAsync();
            Assert.False(message.Topic.StartsWith('$'), message.Topic);
        }
        while (message.Topic != name && message.Topic != $"own/{name}/x");
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.8.4-6")]
    [Spec("MQTT5-3.8.4-2")]
    [Spec("MQTT311-3.8.4-5")]
    public async Task Subscribe_ManyFilters_AreAnsweredInTheirOrder(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(version);
        var filters = Enumerable.Range(0, 150).Select(i => ($"{topic}/{i}", i % 3)).ToList();
        var subAck = await client.SubscribeWithAckAsync(filters);
        Assert.Equal(filters.Select(filter => (byte)filter.Item2), subAck.ReasonCodes);
        await client.PublishAsync($"{topic}/149", "x", qos: 2);
        Assert.Equal(149 % 3, (await client.ReceiveAsync()).QoS);
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.8.4-3")]
    [Spec("MQTT311-3.8.4-3")]
    public async Task Subscribe_SameFilterAgain_Replaces(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(version);
        await client.SubscribeAsync(topic, 2);
        await client.SubscribeAsync(topic, 0);
        await client.PublishAsync(topic, "once", qos: 2);
        Assert.Equal(0, (await client.ReceiveAsync()).QoS);
        await client.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.3.4-2")]
    public async Task Subscribe_OverlappingFilters_DeliverAtTheHighestQoS(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(version);
        await client.SubscribeAsync($"{topic}/#", 0);
        await client.SubscribeAsync($"{topic}/+", 2);
        await client.SubscribeAsync($"{topic}/a", 1);
        await client.PublishAsync($"{topic}/a", "x", qos: 2);

        // One copy at the highest QoS, or one for each filter: the standard allows both.
        List<int> received = [(await client.ReceiveAsync()).QoS];
        while (await client.IsAnythingThereAsync(TimeSpan.FromMilliseconds(200)))
            received.Add((await client.ReceiveAsync()).QoS);
        Assert.True(received is [2] || received.Order().SequenceEqual([0, 1, 2]), string.Join(' ', received));
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.10.4-1")]
    [Spec("MQTT5-3.10.4-4")]
    [Spec("MQTT5-3.10.4-5")]
    [Spec("MQTT5-3.11.3-1")]
    [Spec("MQTT311-3.10.4-1")]
    [Spec("MQTT311-3.10.4-5")]
    public async Task Unsubscribe_SomeAndUnknown_IsAnsweredAndStops(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(version);
        await client.SubscribeAsync($"{topic}/a", 1);
        await client.SubscribeAsync($"{topic}/+", 1);
        await client.SubscribeAsync($"{topic}/b/#", 1);
        var answer = await client.UnsubscribeAsync($"{topic}/a", $"{topic}/unknown", $"{topic}/+");
        byte[] expected = version == MqttVersion.V50 ? [Reason.Success, Reason.NoSubscriptionExisted, Reason.Success] : [];
        Assert.Equal(expected, answer.ReasonCodes);
        await client.PublishAsync($"{topic}/a", "no more", qos: 1);
        await client.PublishAsync($"{topic}/b/c", "still", qos: 1);
        Assert.Equal("still", (await client.ReceiveAsync()).Text);
    }

    [Fact]
    [Spec("MQTT5-3.8.3-3")]
    public async Task NoLocal_OwnMessages_DoNotComeBack()
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        await using var other = await broker.ConnectAsync(MqttVersion.V50);
        await client.SubscribeAsync(topic, 1 | NoLocal);
        await client.PublishAsync(topic, "own", qos: 1);
        await other.PublishAsync(topic, "other", qos: 1);
        Assert.Equal("other", (await client.ReceiveAsync()).Text);
        await client.ExpectNothingAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Spec("MQTT5-3.3.1-12")]
    [Spec("MQTT5-3.3.1-13")]
    public async Task RetainAsPublished_Set_KeepsTheFlagOfTheLive(bool set)
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        await client.SubscribeAsync(topic, 1 | (set ? RetainAsPublished : 0));
        await client.PublishAsync(topic, "x", qos: 1, retain: true);
        await client.PublishAsync(topic, "y", qos: 1);
        Assert.Equal(set, (await client.ReceiveAsync()).Retain);
        Assert.False((await client.ReceiveAsync()).Retain);
    }

    [Theory]
    [InlineData(0, true, true)]
    [InlineData(RetainOnlyWhenNew, true, false)]
    [InlineData(RetainNever, false, false)]
    [Spec("MQTT5-3.3.1-9")]
    [Spec("MQTT5-3.3.1-10")]
    [Spec("MQTT5-3.3.1-11")]
    public async Task RetainHandling_FirstAndAgain_SendsWhatItSays(int handling, bool first, bool again)
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        await client.PublishAsync(topic, "kept", qos: 1, retain: true);
        foreach (var expected in new[] { first, again })
        {
            await client.SubscribeAsync(topic, 1 | handling);
            if (expected)
                Assert.True((await client.ReceiveAsync()).Retain);
            await client.ExpectNothingAsync(TimeSpan.FromMilliseconds(200));
        }
    }

    [Fact]
    [Spec("MQTT5-3.3.4-3")]
    public async Task SubscriptionIdentifier_Given_ComesWithEveryMessage()
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        await client.PublishAsync($"{topic}/kept", "kept", qos: 1, retain: true);
        await client.SubscribeAsync($"{topic}/+", 1, Property.SubscriptionIdentifier(268_435_455));
        Assert.Equal([268_435_455], (await client.ReceiveAsync()).Properties.SubscriptionIdentifiers);

        await client.SubscribeAsync($"{topic}/+", 1 | RetainNever, Property.SubscriptionIdentifier(7));
        await client.PublishAsync($"{topic}/live", "live", qos: 1);
        Assert.Equal([7], (await client.ReceiveAsync()).Properties.SubscriptionIdentifiers);

        await client.SubscribeAsync($"{topic}/+", 1 | RetainNever);
        await client.PublishAsync($"{topic}/live", "without", qos: 1);
        Assert.Empty((await client.ReceiveAsync()).Properties.SubscriptionIdentifiers);
    }

    [Fact]
    [Spec("MQTT5-3.3.4-3")]
    [Spec("MQTT5-3.3.4-4")]
    [Spec("MQTT5-3.3.4-5")]
    public async Task SubscriptionIdentifier_OfOverlappingFilters_AllCome()
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        await client.SubscribeAsync($"{topic}/#", 1, Property.SubscriptionIdentifier(1));
        await client.SubscribeAsync($"{topic}/a", 1, Property.SubscriptionIdentifier(2));
        await client.SubscribeAsync($"{topic}/+", 1);
        await client.PublishAsync($"{topic}/a", "x", qos: 1);
        List<int> identifiers = [];
        do
            identifiers.AddRange((await client.ReceiveAsync()).Properties.SubscriptionIdentifiers);
        while (await client.IsAnythingThereAsync(TimeSpan.FromMilliseconds(200)));
        Assert.Equal([1, 2], identifiers.Order());
    }

    [Fact]
    public async Task SubscriptionIdentifier_AfterReconnect_IsStillThere()
    {
        var topic = Unique.Topic();
        var request = ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId());
        await using (var first = await broker.ConnectAsync(request))
        {
            await first.SubscribeAsync(topic, 1 | RetainAsPublished | NoLocal, Property.SubscriptionIdentifier(9));
            await first.DisconnectAsync();
        }

        await using var publisher = await broker.ConnectAsync(MqttVersion.V50);
        await publisher.PublishAsync(topic, "x", qos: 1, retain: true);
        await using var second = await broker.ConnectAsync(request);
        await second.PublishAsync(topic, "own", qos: 1);
        var message = await second.ReceiveAsync();
        Assert.Equal("x", message.Text);
        Assert.True(message.Retain);
        Assert.Equal([9], message.Properties.SubscriptionIdentifiers);
        await second.ExpectNothingAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("a#")]
    [InlineData("a/#/b")]
    [InlineData("a+")]
    [InlineData("a/+b")]
    [InlineData("##")]
    [Spec("MQTT5-4.7.1-1")]
    [Spec("MQTT5-4.7.1-2")]
    [Spec("MQTT5-4.7.3-1")]
    [Spec("MQTT311-4.7.1-2")]
    [Spec("MQTT311-4.7.1-3")]
    [Spec("MQTT311-4.7.3-1")]
    public async Task Filter_Illegal_IsRefused(string filter)
    {
        foreach (var version in Enum.GetValues<MqttVersion>())
        {
            await using var client = await broker.ConnectAsync(version);
            await client.SendAsync(Packet.Subscribe(version, 1, [(filter, 1)]));
            await Task.WhenAny(client.Ended, client.WaitForFrameAsync());
            if (client.TryNext() is not { } answer)
                Assert.NotEqual(MqttVersion.V50, version);
            else if (answer.Type == PacketType.SubAck)
                Assert.Equal([version == MqttVersion.V50 ? Reason.TopicFilterInvalid : (byte)0x80], answer.ToSubAck(version).ReasonCodes);
            else
                Assert.Contains(
                    answer.ToDisconnect().ReasonCode,
                    new[] { Reason.TopicFilterInvalid, Reason.ProtocolError, Reason.MalformedPacket });
        }
    }
}
