using Microsoft.Extensions.Hosting;
using OrleansBroker.Api.Health;
using OrleansBroker.Silo.Hosting;

namespace OrleansBroker.Silo.Tests.Hosting;

public sealed class NodeReadinessTests
{
    [Fact]
    public void State_LifeOfTheHost_IsFollowed()
    {
        using var lifetime = new Lifetime();
        var readiness = new NodeReadiness(lifetime);

        Assert.Equal(ReadinessState.Starting, readiness.State);
        lifetime.Started.Cancel();
        Assert.Equal(ReadinessState.Ready, readiness.State);
        lifetime.Stopping.Cancel();
        Assert.Equal(ReadinessState.Draining, readiness.State);
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
