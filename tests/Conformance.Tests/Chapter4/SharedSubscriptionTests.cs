using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter4;

/// <summary>MQTT5 section 4.8.2: <c>$share/{ShareName}/{filter}</c>, for 3.1 and 3.1.1 clients too.</summary>
public sealed class SharedSubscriptionTests(BrokerFixture broker)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);

    [Theory]
    [MemberData(nameof(Versions.PairsAndQoS), MemberType = typeof(Versions))]
    public async Task Shared_ThreeMembers_EachMessageReachesExactlyOne(MqttVersion publisherVersion, MqttVersion version, int qos)
    {
        const int Count = 60;
        var topic = Unique.Topic();
        var members = await JoinAsync(version, topic, qos, 3);
        await using var publisher = await broker.ConnectAsync(publisherVersion);
        for (var i = 0; i < Count; i++)
            await publisher.PublishAsync(topic, $"{i}", qos);

        var received = await CollectAsync(members, Count);
        Assert.Equal(Enumerable.Range(0, Count), received.SelectMany(texts => texts).Select(int.Parse).Order());
        Assert.All(received, texts => Assert.NotEmpty(texts));
        Assert.All(received, texts => Assert.Equal(texts.Select(int.Parse).Order(), texts.Select(int.Parse)));
        foreach (var member in members)
            await member.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Shared_TwoGroupsAndAPlainSubscriber_EachGetsEveryMessage(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var first = await broker.ConnectAsync(version);
        await first.SubscribeAsync($"$share/g1/{topic}", 1);
        await using var second = await broker.ConnectAsync(version);
        await second.SubscribeAsync($"$share/g2/{topic}", 1);
        await using var plain = await broker.ConnectAsync(version);
        await plain.SubscribeAsync(topic, 1);

        await plain.PublishAsync(topic, "to three", qos: 1);
        foreach (var client in new[] { first, second, plain })
        {
            Assert.Equal("to three", (await client.ReceiveAsync()).Text);
            await client.ExpectNothingAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Shared_SameClientSharedAndPlain_GetsBoth(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(version);
        await client.SubscribeAsync($"$share/g/{topic}", 1);
        await client.SubscribeAsync(topic, 1);
        await client.PublishAsync(topic, "twice", qos: 1);
        Assert.Equal("twice", (await client.ReceiveAsync()).Text);
        Assert.Equal("twice", (await client.ReceiveAsync()).Text);
        await client.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Shared_WithWildcards_MatchesAsAPlainOne(MqttVersion version)
    {
        var root = Unique.Topic();
        await using var client = await broker.ConnectAsync(version);
        await client.SubscribeAsync($"$share/g/{root}/+/x/#", 1);
        await client.PublishAsync($"{root}/a/x", "parent", qos: 1);
        await client.PublishAsync($"{root}/a/x/b/c", "below", qos: 1);
        await client.PublishAsync($"{root}/a/y", "other", qos: 1);
        Assert.Equal("parent", (await client.ReceiveAsync()).Text);
        Assert.Equal("below", (await client.ReceiveAsync()).Text);
        await client.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Shared_Unsubscribed_TheOthersGetAll(MqttVersion version)
    {
        var topic = Unique.Topic();
        var members = await JoinAsync(version, topic, 1, 2);
        var answer = await members[0].UnsubscribeAsync($"$share/g/{topic}");
        if (version == MqttVersion.V50)
            Assert.Equal([Reason.Success], answer.ReasonCodes);
        await using var publisher = await broker.ConnectAsync(version);
        for (var i = 0; i < 10; i++)
            await publisher.PublishAsync(topic, $"{i}", qos: 1);
        for (var i = 0; i < 10; i++)
            Assert.Equal($"{i}", (await members[1].ReceiveAsync()).Text);
        await members[0].ExpectNothingAsync();
        foreach (var member in members)
            await member.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Shared_AMemberGone_TheOthersGetAll(MqttVersion version)
    {
        var topic = Unique.Topic();
        var members = await JoinAsync(version, topic, 1, 2);
        await members[0].DisconnectAsync();
        await using var publisher = await broker.ConnectAsync(version);
        for (var i = 0; i < 10; i++)
            await publisher.PublishAsync(topic, $"{i}", qos: 1);
        for (var i = 0; i < 10; i++)
            Assert.Equal($"{i}", (await members[1].ReceiveAsync()).Text);
        await members[1].DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Shared_APersistentMemberAway_TheConnectedGetAll(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using (var away = await broker.ConnectAsync(ConnectRequest.Persistent(version, Unique.ClientId())))
        {
            await away.SubscribeAsync($"$share/g/{topic}", 1);
            await away.DisconnectAsync();
        }

        await using var connected = await broker.ConnectAsync(version);
        await connected.SubscribeAsync($"$share/g/{topic}", 1);
        for (var i = 0; i < 10; i++)
            await connected.PublishAsync(topic, $"{i}", qos: 1);
        for (var i = 0; i < 10; i++)
            Assert.Equal($"{i}", (await connected.ReceiveAsync()).Text);
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Shared_AllMembersAway_NothingIsLost(MqttVersion version)
    {
        var topic = Unique.Topic();
        var requests = Enumerable.Range(0, 2).Select(_ => ConnectRequest.Persistent(version, Unique.ClientId())).ToList();
        foreach (var request in requests)
        {
            await using var member = await broker.ConnectAsync(request);
            await member.SubscribeAsync($"$share/g/{topic}", 1);
            await member.DisconnectAsync();
        }

        await using var publisher = await broker.ConnectAsync(version);
        for (var i = 0; i < 10; i++)
            await publisher.PublishAsync(topic, $"{i}", qos: 1);

        var members = await Task.WhenAll(requests.Select(broker.ConnectAsync));
        var received = await CollectAsync(members, 10);
        Assert.Equal(Enumerable.Range(0, 10), received.SelectMany(texts => texts).Select(int.Parse).Order());
        foreach (var member in members)
            await member.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Shared_Retained_IsNotSentAtSubscribe(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(version);
        await client.PublishAsync(topic, "kept", qos: 1, retain: true);
        await client.SubscribeAsync($"$share/g/{topic}", 1);
        await client.ExpectNothingAsync(Quiet);
    }

    [Fact]
    [Spec("MQTT5-3.8.3-4")]
    public async Task Shared_WithNoLocal_IsAProtocolError()
    {
        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        await client.SendAsync(Packet.Subscribe(MqttVersion.V50, 1, [($"$share/g/{Unique.Topic()}", 0x04)]));
        await client.ExpectDisconnectAsync(Reason.ProtocolError);
    }

    [Theory]
    [InlineData("$share//t")]
    [InlineData("$share/g")]
    [InlineData("$share/g/")]
    [InlineData("$share/g+/t")]
    [InlineData("$share/g#/t")]
    [InlineData("$share/+/t")]
    [InlineData("$share/g/a/#/b")]
    [Spec("MQTT5-4.8.2-1")]
    [Spec("MQTT5-4.8.2-2")]
    public async Task Shared_IllegalFilter_IsRefused(string filter)
    {
        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        await client.SendAsync(Packet.Subscribe(MqttVersion.V50, 1, [(filter, 1)]));
        var answer = await client.NextAsync();
        if (answer.Type == PacketType.SubAck)
            Assert.Equal([Reason.TopicFilterInvalid], answer.ToSubAck(MqttVersion.V50).ReasonCodes);
        else
            Assert.Contains(
                answer.ToDisconnect().ReasonCode,
                new[] { Reason.TopicFilterInvalid, Reason.ProtocolError, Reason.MalformedPacket });
    }

    private async Task<IReadOnlyList<RawClient>> JoinAsync(MqttVersion version, string topic, int qos, int count)
    {
        var members = new List<RawClient>();
        for (var i = 0; i < count; i++)
        {
            var member = await broker.ConnectAsync(version);
            await member.SubscribeAsync($"$share/g/{topic}", qos);
            members.Add(member);
        }

        return members;
    }

    /// <summary>What each member gets until all have got this many together; which gets what, the broker decides.</summary>
    private static async Task<IReadOnlyList<string>[]> CollectAsync(IReadOnlyList<RawClient> members, int count)
    {
        var texts = members.Select(_ => new List<string>()).ToArray();
        while (texts.Sum(each => each.Count) < count)
        {
            var ready = await Task.WhenAny(members.Select(member => member.WaitForFrameAsync()));
            await ready;
            for (var i = 0; i < members.Count; i++)
            {
                while (members[i].TryNext() is { } frame)
                {
                    var message = frame.ToPublish(members[i].Version);
                    texts[i].Add(message.Text);
                    await members[i].CompleteAsync(message);
                }
            }
        }

        foreach (var member in members)
            await member.ExpectNothingAsync();
        return texts;
    }
}
