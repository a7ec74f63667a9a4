namespace OrleansBroker.Broker.Tests;

public sealed class PlaceholderTests
{
    [Fact]
    public void Project_Built_Runs() => Assert.True(true);
}
