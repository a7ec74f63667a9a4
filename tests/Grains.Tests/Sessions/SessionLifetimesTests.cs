using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Grains.Tests.Sessions;

public sealed class SessionLifetimesTests
{
    private readonly ApplicationLifetime _node = new(NullLogger<ApplicationLifetime>.Instance);
    private readonly Calls _calls = Calls.That(_ => null);
    private readonly TaskCompletionSource _routeRemovals = new();

    [Fact]
    public async Task EndedAsync_RoutesAreGone_IsToldToTheGrain()
    {
        var ended = Lifetimes().EndedAsync("c", _routeRemovals.Task);
        Assert.Equal(0, _calls.Count);
        _routeRemovals.SetResult();
        await ended;
        Assert.Equal(1, _calls.Count);
    }

    [Fact]
    public async Task EndedAsync_NodeStopsMeanwhile_IsNotTold()
    {
        var ended = Lifetimes().EndedAsync("c", _routeRemovals.Task);
        _node.StopApplication();
        _routeRemovals.SetResult();
        await ended;
        Assert.Equal(0, _calls.Count);
    }

    private SessionLifetimes Lifetimes() => new(Calls.Proxy<ISessionGrains>(_calls), _node, NullLogger<SessionLifetimes>.Instance);
}
