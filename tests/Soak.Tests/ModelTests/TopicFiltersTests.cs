using OrleansBroker.Soak.Tests.Model;

namespace OrleansBroker.Soak.Tests.ModelTests;

public sealed class TopicFiltersTests
{
    [Theory]
    [InlineData("a/b", "a/b", true)]
    [InlineData("a/b", "a/c", false)]
    [InlineData("a/b", "a/b/c", false)]
    [InlineData("a/b/c", "a/b", false)]
    [InlineData("a/+", "a/b", true)]
    [InlineData("a/+", "a/", true)]
    [InlineData("a/+", "a", false)]
    [InlineData("a/+", "a/b/c", false)]
    [InlineData("+/b", "a/b", true)]
    [InlineData("+/b", "/b", true)]
    [InlineData("a/#", "a", true)]
    [InlineData("a/#", "a/b/c", true)]
    [InlineData("a/#", "ab", false)]
    [InlineData("#", "a/b", true)]
    [InlineData("#", "$SYS/a", false)]
    [InlineData("+/a", "$SYS/a", false)]
    [InlineData("$SYS/#", "$SYS/a", true)]
    public void Matches_FilterAndTopic_FollowsTheStandard(string filter, string topic, bool matches) =>
        Assert.Equal(matches, TopicFilters.Matches(filter, topic));
}
