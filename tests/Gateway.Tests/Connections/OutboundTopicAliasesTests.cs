using System.Text;
using OrleansBroker.Gateway.Connections;

namespace OrleansBroker.Gateway.Tests.Connections;

public sealed class OutboundTopicAliasesTests
{
    [Fact]
    public void Choose_SecondSighting_SetsAndThirdUses()
    {
        var aliases = new OutboundTopicAliases(2);
        Assert.Equal((0, false), Send(aliases, "a/long/topic"));
        Assert.Equal((1, false), Send(aliases, "a/long/topic"));
        Assert.Equal((1, true), Send(aliases, "a/long/topic"));
        Assert.Equal((0, false), Send(aliases, "b/long/topic"));
        Assert.Equal((2, false), Send(aliases, "b/long/topic"));
        Assert.Equal((1, true), Send(aliases, "a/long/topic"));
        Assert.Equal((2, true), Send(aliases, "b/long/topic"));
    }

    [Fact]
    public void Choose_NotSent_ChangesNothing()
    {
        var aliases = new OutboundTopicAliases(1);
        var topic = "a/long/topic"u8;
        for (var i = 0; i < 3; i++)
            Assert.Equal((ushort)0, aliases.Choose(topic).Alias);
        Send(aliases, "a/long/topic");
        for (var i = 0; i < 3; i++)
            Assert.False(aliases.Choose(topic).IsKnown);
        Send(aliases, "a/long/topic");
        Assert.True(aliases.Choose(topic).IsKnown);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(3, false)]
    [InlineData(4, true)]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public void Choose_TopicsThatGainNothingOrAreHuge_GetNone(int length, bool expected)
    {
        var aliases = new OutboundTopicAliases(4);
        var topic = new string('t', length);
        Send(aliases, topic);
        Assert.Equal(expected, Send(aliases, topic).Alias > 0);
    }

    [Fact]
    public void Sent_AllGiven_ReplacesOneThatWasNotUsedLately()
    {
        var aliases = new OutboundTopicAliases(3);
        Give(aliases, "topic/1", "topic/2", "topic/3");
        Send(aliases, "topic/1");
        Send(aliases, "topic/3");
        Give(aliases, "topic/4");
        Assert.Equal((2, true), Send(aliases, "topic/4"));
        Assert.Equal((1, true), Send(aliases, "topic/1"));
        Assert.Equal((3, true), Send(aliases, "topic/3"));
        Assert.Equal((0, false), Send(aliases, "topic/2"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Sent_AllGivenAndUsed_StillReplacesOne(int maximum)
    {
        var aliases = new OutboundTopicAliases(maximum);
        string[] topics = [.. Enumerable.Range(1, maximum).Select(i => $"topic/{i}")];
        Give(aliases, topics);
        foreach (var topic in topics)
            Send(aliases, topic);
        Give(aliases, "topic/new");
        Assert.True(Send(aliases, "topic/new").IsKnown);
        Assert.Equal(maximum - 1, topics.Count(topic => aliases.Choose(Encoding.UTF8.GetBytes(topic)).IsKnown));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(32)]
    [InlineData(1_024)]
    public void Sent_RandomTopics_AClientAlwaysKnowsWhatItsAliasesMean(int maximum)
    {
        var random = new Random(maximum);
        var aliases = new OutboundTopicAliases(maximum);
        var client = new Dictionary<int, string>();
        for (var i = 0; i < 50_000; i++)
        {
            // Half of all traffic on a few topics.
            var topic = random.Next(2) == 0 ? $"hot/topic/{random.Next(8)}" : $"cold/topic/{random.Next(4 * maximum)}";
            var bytes = Encoding.UTF8.GetBytes(topic);
            var choice = aliases.Choose(bytes);
            if (random.Next(10) == 0)
                continue; // not sent after all
            aliases.Sent(choice, bytes);
            Assert.InRange(choice.Alias, 0, maximum);
            if (choice.IsKnown)
                Assert.Equal(topic, client[choice.Alias]);
            else if (choice.Alias > 0)
                client[choice.Alias] = topic;
        }

        Assert.Equal(Math.Min(maximum, client.Count), client.Count);
        Assert.NotEmpty(client);
    }

    private static void Give(OutboundTopicAliases aliases, params string[] topics)
    {
        foreach (var topic in topics)
        {
            Send(aliases, topic);
            Assert.True(Send(aliases, topic).Alias > 0);
        }
    }

    private static (int Alias, bool IsKnown) Send(OutboundTopicAliases aliases, string topic)
    {
        var bytes = Encoding.UTF8.GetBytes(topic);
        var choice = aliases.Choose(bytes);
        aliases.Sent(choice, bytes);
        return (choice.Alias, choice.IsKnown);
    }
}
