using Microsoft.Extensions.Hosting;
using OrleansBroker.Api.Health;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Silo.Hosting;

namespace OrleansBroker.Silo.Tests.Hosting;

public sealed class NodeReadinessTests
{
    [Fact]
    public void State_LifeOfTheHost_IsFollowed()
    {
        using var lifetime = new Lifetime();
        var readiness = new NodeReadiness(lifetime, new Store());

        Assert.Equal(ReadinessState.Starting, readiness.State);
        lifetime.Started.Cancel();
        Assert.Equal(ReadinessState.Ready, readiness.State);
        lifetime.Stopping.Cancel();
        Assert.Equal(ReadinessState.Draining, readiness.State);
    }

    [Fact]
    public void State_StoreInTrouble_IsNotReadyWhileTheNodeServes()
    {
        using var lifetime = new Lifetime();
        var store = new Store { Trouble = "It is away." };
        var readiness = new NodeReadiness(lifetime, store);

        Assert.Equal((ReadinessState.Starting, null), (readiness.State, readiness.Detail));
        lifetime.Started.Cancel();
        Assert.Equal((ReadinessState.StoreUnreachable, "It is away."), (readiness.State, readiness.Detail));
        store.Trouble = null;
        Assert.Equal((ReadinessState.Ready, null), (readiness.State, readiness.Detail));
        store.Trouble = "It is away.";
        lifetime.Stopping.Cancel();
        Assert.Equal((ReadinessState.Draining, null), (readiness.State, readiness.Detail));
    }

    private sealed class Store : IStoreContact
    {
        public string? Trouble { get; set; }
    }

    private sealed class Lifetime : IHostApplicationLifetime, IDisposable
    {
        public CancellationTokenSource Started { get; } = new();

        public CancellationTokenSource Stopping { get; } = new();

        public CancellationToken ApplicationStarted => Started.Token;

        public CancellationToken ApplicationStopping => Stopping.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => Stopping.Cancel();

        public void Dispose()
        {
            Started.Dispose();
            Stopping.Dispose();
        }
    }
}
