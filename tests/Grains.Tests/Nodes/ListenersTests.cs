using Microsoft.Extensions.Logging.Abstractions;
using OrleansBroker.Grains.Nodes;

namespace OrleansBroker.Grains.Tests.Nodes;

public sealed class ListenersTests
{
    [Fact]
    public void Tell_OneFails_OthersAreToldAll()
    {
        var told = new List<string>();
        Action<string>? listeners = null;
        listeners += what => told.Add("first " + what);
        listeners += static _ => throw new InvalidOperationException("a fault");
        listeners += what => told.Add("third " + what);

        Listeners.Tell(listeners, static tell => tell("news"), NullLogger.Instance);

        Assert.Equal(["first news", "third news"], told);
    }

    [Fact]
    public void Tell_NobodyListens_DoesNothing() => Listeners.Tell<Action>(null, static tell => tell(), NullLogger.Instance);
}
