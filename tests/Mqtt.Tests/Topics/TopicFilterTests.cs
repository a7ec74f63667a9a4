using System.Text;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Mqtt.Tests.Topics;

public sealed class TopicFilterTests
{
    [Theory]
    [InlineData("a", false, 1)]
    [InlineData("#", true, 1)]
    [InlineData("+", true, 1)]
    [InlineData("/", false, 2)]
    [InlineData("+/+", true, 2)]
    [InlineData("/+", true, 2)]
    [InlineData("a/+/b/#", true, 4)]
    [InlineData("//#", true, 3)]
    [InlineData("$SYS/#", true, 2)]
    [InlineData("$share", false, 1)]
    [InlineData("$shared/g/a", false, 3)]
    [InlineData("$SHARE/g/a", false, 3)]
    public void TryParse_NotShared_MatchesWithAllOfIt(string text, bool hasWildcards, int levels)
    {
        var filter = TopicFilter.Parse(text);
        Assert.Equal(text, filter.Text);
        Assert.Equal(text, filter.Match);
        Assert.Equal(Encoding.UTF8.GetBytes(text), filter.Utf8.ToArray());
        Assert.Equal(Encoding.UTF8.GetBytes(text), filter.MatchUtf8.ToArray());
        Assert.False(filter.IsShared);
        Assert.Null(filter.ShareName);
        Assert.Equal(hasWildcards, filter.HasWildcards);
        Assert.Equal(levels, filter.LevelCount);
    }

    [Theory]
    [InlineData("$share/g/a", "g", "a", false, 1)]
    [InlineData("$share/é $/+/b", "é $", "+/b", true, 2)]
    [InlineData("$share/g//a", "g", "/a", false, 2)]
    [InlineData("$share/g/#", "g", "#", true, 1)]
    [InlineData("$share/g/$share/h/a", "g", "$share/h/a", false, 3)]
    [InlineData("$share/g//", "g", "/", false, 2)]
    public void TryParse_Shared_MatchesWithWhatFollowsTheShareName(string text, string shareName, string match, bool hasWildcards, int levels)
    {
        var filter = TopicFilter.Parse(text);
        Assert.True(filter.IsShared);
        Assert.Equal(text, filter.Text);
        Assert.Equal(shareName, filter.ShareName);
        Assert.Equal(match, filter.Match);
        Assert.Equal(Encoding.UTF8.GetBytes(match), filter.MatchUtf8.ToArray());
        Assert.Equal(hasWildcards, filter.HasWildcards);
        Assert.Equal(levels, filter.LevelCount);
    }

    [Theory]
    [InlineData("", SpecViolation.TopicFilterEmpty)]
    [InlineData("#/a", SpecViolation.MultiLevelWildcardMisplaced)]
    [InlineData("a/#/", SpecViolation.MultiLevelWildcardMisplaced)]
    [InlineData("a#", SpecViolation.MultiLevelWildcardMisplaced)]
    [InlineData("##", SpecViolation.MultiLevelWildcardMisplaced)]
    [InlineData("+#", SpecViolation.SingleLevelWildcardMisplaced)]
    [InlineData("++", SpecViolation.SingleLevelWildcardMisplaced)]
    [InlineData("a/+b", SpecViolation.SingleLevelWildcardMisplaced)]
    [InlineData("a+/b", SpecViolation.SingleLevelWildcardMisplaced)]
    [InlineData("a\0b", SpecViolation.NullCharacter)]
    [InlineData("$share/", SpecViolation.ShareNameEmpty)]
    [InlineData("$share//", SpecViolation.ShareNameEmpty)]
    [InlineData("$share//a", SpecViolation.ShareNameEmpty)]
    [InlineData("$share/#", SpecViolation.ShareNameInvalid)]
    [InlineData("$share/g+/a", SpecViolation.ShareNameInvalid)]
    [InlineData("$share/g", SpecViolation.SharedFilterMissing)]
    [InlineData("$share/g/", SpecViolation.SharedFilterMissing)]
    [InlineData("$share/g/a#", SpecViolation.MultiLevelWildcardMisplaced)]
    public void TryParse_Invalid_IsRefused(string text, SpecViolation expected)
    {
        Assert.False(TopicFilter.TryParse(Encoding.UTF8.GetBytes(text), out var filter, out var violation));
        Assert.Null(filter);
        Assert.Equal(expected, violation);
        Assert.Throws<ArgumentException>(() => TopicFilter.Parse(text));
    }

    [Fact]
    public void TryParse_Levels_AreBoundedWithoutThePrefix()
    {
        var most = new string('/', TopicName.MaximumLevels - 1);
        Assert.Equal(TopicName.MaximumLevels, TopicFilter.Parse(most).LevelCount);
        Assert.Equal(TopicName.MaximumLevels, TopicFilter.Parse("$share/g/" + most).LevelCount);
        Assert.False(TopicFilter.TryParse(Encoding.UTF8.GetBytes(most + "/"), out _, out var violation));
        Assert.Equal(SpecViolation.TopicFilterTooManyLevels, violation);
    }

    [Fact]
    public void Equals_GoesByTheWholeText()
    {
        Assert.Equal(TopicFilter.Parse("a/+"), TopicFilter.Parse("a/+"));
        Assert.Equal(TopicFilter.Parse("a/+").GetHashCode(), TopicFilter.Parse("a/+").GetHashCode());
        Assert.NotEqual(TopicFilter.Parse("$share/g/a"), TopicFilter.Parse("$share/h/a"));
        Assert.NotEqual(TopicFilter.Parse("$share/g/a"), TopicFilter.Parse("a"));
        Assert.False(TopicFilter.Parse("a").Equals(null));
    }
}
