using System.Text;
using OrleansBroker.Broker.Topics;

namespace OrleansBroker.Broker.Tests.Topics;

public sealed class FilterMatchTests
{
    [Theory]
    [InlineData("a", "a", true)]
    [InlineData("a", "b", false)]
    [InlineData("a", "a/b", false)]
    [InlineData("a/b", "a", false)]
    [InlineData("a/", "a", false)]
    [InlineData("a/", "a/", true)]
    [InlineData("/a", "/a", true)]
    [InlineData("/a", "a", false)]
    [InlineData("+", "a", true)]
    [InlineData("+", "/a", false)]
    [InlineData("+/+", "/a", true)]
    [InlineData("+/+", "a/b", true)]
    [InlineData("+/+", "a/b/c", false)]
    [InlineData("a/+", "a", false)]
    [InlineData("a/+", "a/", true)]
    [InlineData("a/+/c", "a/b/c", true)]
    [InlineData("#", "a", true)]
    [InlineData("#", "/", true)]
    [InlineData("a/#", "a", true)]
    [InlineData("a/#", "a/", true)]
    [InlineData("a/#", "a/b/c", true)]
    [InlineData("a/#", "ab", false)]
    [InlineData("a/+/#", "a", false)]
    [InlineData("a/+/#", "a/b", true)]
    [InlineData("#", "$SYS", false)]
    [InlineData("+/x", "$SYS/x", false)]
    [InlineData("$SYS/#", "$SYS", true)]
    [InlineData("$SYS/#", "$SYS/x", true)]
    public void IsMatch_FilterAndTopic_AsTheStandardSays(string filter, string topic, bool expected) =>
        Assert.Equal(expected, FilterMatch.IsMatch(Encoding.UTF8.GetBytes(filter), Encoding.UTF8.GetBytes(topic)));
}
