using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter4;

/// <summary>MQTT section 4.7: topic names and topic filters.</summary>
public sealed class TopicTests(BrokerFixture broker)
{
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
        { "/a", "/a ", false },
        { "/\u00E4", "/a\u0308", false }, // composed and not
        { "/\u00C5", "/\u212B", false }, // the same letter by two code points
        { "/fi", "/\uFB01", false }, // a ligature
        { "/i", "/\u0130", false }, // cases by culture
    };

    [Theory]
    [MemberData(nameof(Matches))]
    [Spec("MQTT5-4.7.3-4")]
    [Spec("MQTT5-3.3.2-3")]
    [Spec("MQTT311-3.3.2-3")]
    [Spec("MQTT311-4.7.3-4")]
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
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-4.7.3-3")]
    [Spec("MQTT311-4.7.3-3")]
    public async Task Topic_OfAllThatItsLengthCanSay_Passes(MqttVersion version)
    {
        var root = Unique.Topic();
        foreach (var length in new[] { ushort.MaxValue - 1, ushort.MaxValue })
        {
            var topic = $"{root}/".PadRight(length, 'x');
            await using var client = await broker.ConnectAsync(version);
            await client.SubscribeAsync(topic, 1);
            // A filter as long as it may be, which ends in a wildcard.
            await client.SubscribeAsync($"{$"{root}/+/".PadRight(length - 2, 'y')}/#", 1);
            await client.PublishAsync(topic[..^1], "one byte less", qos: 1);
            await client.PublishAsync(topic, "whole", qos: 1, retain: true);
            var live = await client.ReceiveAsync();
            Assert.Equal((topic, "whole"), (live.Topic, live.Text));
            await client.ExpectNothingAsync();
            await using var late = await broker.ConnectSubscribedAsync(version, topic, 1);
            Assert.Equal(topic, (await late.ReceiveAsync()).Topic);
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
