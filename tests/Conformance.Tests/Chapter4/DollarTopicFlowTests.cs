using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter4;

/// <summary>Topics that begin with <c>$</c> against every form of filter. A broker of its own, since <c>#</c> would see all other tests' messages.</summary>
[Spec("MQTT5-4.7.2-1")]
[Spec("MQTT311-4.7.2-1")]
public sealed class DollarTopicFlowTests
{
    private static readonly string[] Topics = ["$", "$dev", "$dev/a", "$dev/a/b", "$/a"];

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task LeadingWildcards_OfEveryForm_MatchNoDollarTopic(MqttVersion version)
    {
        await using var own = await OwnBroker.OwnBroker.StartAsync();
        await using var publisher = await own.ConnectAsync(version);
        await using var subscriber = await own.ConnectAsync(version);
        foreach (var filter in new[] { "#", "+", "+/#", "+/+", "+/a", "+/a/#", "+/+/+", "+/a/b" })
        {
            await subscriber.SubscribeAsync(filter, 1);
            await subscriber.SubscribeAsync($"$share/g/{filter}", 1);
        }

        foreach (var topic in Topics)
            await publisher.PublishAsync(topic, "x", 1, retain: true);
        await subscriber.ExpectNothingAsync();
        // And now with the messages retained.
        await using var late = await own.ConnectAsync(version);
        await late.SubscribeAsync("#", 1);
        await late.SubscribeAsync("+/+", 1);
        await late.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task FirstLevelWrittenOut_MatchesAsAnyOther(MqttVersion version)
    {
        await using var own = await OwnBroker.OwnBroker.StartAsync();
        await using var publisher = await own.ConnectAsync(version);
        (string Filter, string[] Matches)[] cases =
        [
            ("$dev/#", ["$dev", "$dev/a", "$dev/a/b"]),
            ("$dev/+", ["$dev/a"]),
            ("$dev/+/#", ["$dev/a", "$dev/a/b"]),
            ("$dev/a", ["$dev/a"]),
            ("$/#", ["$", "$/a"]),
            ("$", ["$"]),
            ("$share/g/$dev/#", ["$dev", "$dev/a", "$dev/a/b"]),
        ];
        foreach (var (filter, matches) in cases)
        {
            await using var subscriber = await own.ConnectAsync(version);
            await subscriber.SubscribeAsync(filter, 1);
            foreach (var topic in Topics)
                await publisher.PublishAsync(topic, "x", qos: 1);
            foreach (var topic in matches)
                Assert.Equal(topic, (await subscriber.ReceiveAsync()).Topic);
            await subscriber.ExpectNothingAsync();
        }
    }
}
