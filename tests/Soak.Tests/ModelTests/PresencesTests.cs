using OrleansBroker.Soak.Tests.Model;

namespace OrleansBroker.Soak.Tests.ModelTests;

public sealed class PresencesTests
{
    private const long Second = Stamps.Second;

    [Theory]
    [InlineData(3_600, 20, false, "Present")]
    [InlineData(3_600, 20, true, "Absent")]
    [InlineData(0, 20, false, "Absent")]
    [InlineData(2, 11, false, "Present")]
    [InlineData(2, 12, false, "Either")]
    [InlineData(2, 30, false, "Absent")]
    public void Of_ASessionOfThisExpiry_IsWhatItsEndSays(long expirySeconds, long at, bool isCleanStart, string expected) =>
        Assert.Equal(expected, Presences.Of(new ConnectionEnd(new Window(10 * Second, 10 * Second), true, expirySeconds), new Window(at * Second, at * Second), isCleanStart).ToString());

    [Fact]
    public void Of_NoSession_IsAbsent() => Assert.Equal(Presence.Absent, Presences.Of(last: null, new Window(1, 2), isCleanStart: false));
}
