using System.Text;
using OrleansBroker.Gateway.Admission;
using OrleansBroker.Gateway.Admission.Rules;

namespace OrleansBroker.Gateway.Tests.Admission.Rules;

public sealed class FilterPatternTests
{
    private static readonly ClientNames NoNames = new(null, null);

    [Fact]
    public void Matches_EveryFilterAndTopic_AgreesWithTheModel()
    {
        foreach (string filter in NaiveTopics.Filters)
        {
            var pattern = Parse(filter);
            foreach (string topic in NaiveTopics.Topics)
            {
                Assert.True(NaiveTopics.Matches(filter, topic) == pattern.Matches(Utf8(topic), NoNames, wildcardsTakeDollar: false), $"{filter} {topic}");
                Assert.True(NaiveTopics.Matches(filter, topic, takesDollar: true) == pattern.Matches(Utf8(topic), NoNames, wildcardsTakeDollar: true), $"{filter} {topic}, with $");
            }
        }
    }

    [Fact]
    public void Covers_EveryPairOfFilters_AgreesWithTheModel()
    {
        var matched = NaiveTopics.Filters.ToDictionary(filter => filter, filter => MatchedBy(filter, takesDollar: false));
        foreach (string rule in NaiveTopics.Filters)
        {
            var pattern = Parse(rule);
            foreach (string filter in NaiveTopics.Filters)
                Assert.True(matched[filter].IsSubsetOf(matched[rule]) == pattern.Covers(Utf8(filter), NoNames), $"{rule} covers {filter}");
        }
    }

    [Fact]
    public void Overlaps_EveryPairOfFilters_AgreesWithTheModel()
    {
        var matched = NaiveTopics.Filters.ToDictionary(filter => filter, filter => MatchedBy(filter, takesDollar: false));
        foreach (string rule in NaiveTopics.Filters)
        {
            var pattern = Parse(rule);
            var denied = MatchedBy(rule, takesDollar: true);
            foreach (string filter in NaiveTopics.Filters)
                Assert.True(matched[filter].Overlaps(denied) == pattern.Overlaps(Utf8(filter), NoNames), $"{rule} overlaps {filter}");
        }
    }

    [Theory]
    [InlineData("dev1", "ann", true, true)]
    [InlineData("dev2", "ann", false, true)]
    [InlineData("dev1", null, true, false)]
    [InlineData("+", "ann", false, true)]
    [InlineData("#", "ann", false, true)]
    [InlineData("dev1/x", "ann", false, true)]
    [InlineData("", "", false, false)]
    [InlineData("dev1", "a+n", true, false)]
    public void AppliesTo_NameThatIsNoLevel_DoesNot(string clientId, string? userName, bool byClient, bool byUser)
    {
        var names = ClientNames.Of(new ClientIdentity(userName), clientId);
        var client = Parse("devices/%c/data");
        var user = Parse("users/%u");

        Assert.Equal(byClient, client.AppliesTo(names) && client.Matches("devices/dev1/data"u8, names, wildcardsTakeDollar: false));
        Assert.Equal(byUser, user.AppliesTo(names) && user.Matches("users/ann"u8, names, wildcardsTakeDollar: false));
    }

    [Fact]
    public void Covers_OwnNameOnly_IsNotAWildcard()
    {
        var names = ClientNames.Of(ClientIdentity.Anonymous, "dev1");
        var pattern = Parse("devices/%c/#");

        Assert.True(pattern.Covers("devices/dev1/#"u8, names));
        Assert.True(pattern.Covers("devices/dev1/+/x"u8, names));
        Assert.False(pattern.Covers("devices/+/#"u8, names));
        Assert.False(pattern.Covers("devices/dev2/#"u8, names));
        Assert.True(pattern.Overlaps("devices/+/x"u8, names));
        Assert.False(pattern.Overlaps("devices/dev2/#"u8, names));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/#/b")]
    [InlineData("a#")]
    [InlineData("a/b+")]
    [InlineData("dev-%c")]
    [InlineData("a/%u%c")]
    [InlineData("$share/g/a")]
    [InlineData("a\0b")]
    public void Parse_NoFilter_SaysWhy(string text)
    {
        Assert.Null(FilterPattern.Parse(text, out string reason));
        Assert.NotEmpty(reason);
    }

    private static HashSet<string> MatchedBy(string filter, bool takesDollar) => [.. NaiveTopics.Topics.Where(topic => NaiveTopics.Matches(filter, topic, takesDollar))];

    private static FilterPattern Parse(string text)
    {
        var pattern = FilterPattern.Parse(text, out string reason);
        Assert.True(pattern is not null, reason);
        return pattern;
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
