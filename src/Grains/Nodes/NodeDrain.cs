using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Options;
using OrleansBroker.Grains.Time;

namespace OrleansBroker.Grains.Nodes;

/// <summary>
/// Empties the node before anything of it stops (ADR 0021): tells the other nodes that they place nothing here any more, then drains the parts in their order. What is not
/// moved in time leaves with the silo, and the gateways hand its connections over.
/// </summary>
internal sealed partial class NodeDrain(
    IEnumerable<IDrainedPart> parts, ClusterView view, NodeClient client, TimingOptions timing, BrokerClock clock, IHostApplicationLifetime lifetime, ILogger<NodeDrain> logger)
    : IHostedLifecycleService
{
    /// <summary>Of <see cref="TimingOptions.ShutdownTimeout"/>; the rest is the silo's, for leaving.</summary>
    private const double DrainShare = 0.75;

    /// <summary>Of what is left of it, for each part but the last.</summary>
    private const double PartShare = 2.0 / 3;

    /// <summary>A node that does not answer in this time may be going, too.</summary>
    private static readonly TimeSpan TellLimit = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<SiloAddress, bool> _told = new();

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        // So says /health/ready from here on, whoever stops the host.
        lifetime.StopApplication();
        var time = clock.TimeProvider;
        var started = time.GetTimestamp();
        await TellAsync();
        IDrainedPart[] all = [.. parts];
        for (var i = 0; i < all.Length && !cancellationToken.IsCancellationRequested; i++)
        {
            var left = (timing.ShutdownTimeout * DrainShare) - time.GetElapsedTime(started);
            if (left > TimeSpan.Zero) await DrainAsync(all[i], i == all.Length - 1 ? left : left * PartShare, cancellationToken);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        view.Changed -= TellOthers;
        return Task.CompletedTask;
    }

    private async Task DrainAsync(IDrainedPart part, TimeSpan time, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(time, clock.TimeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            await part.DrainAsync(time, both.Token);
        }
        catch (OperationCanceledException) when (both.IsCancellationRequested)
        {
            // The time is over.
        }
        catch (Exception failure)
        {
            // The others are drained all the same, and the node stops.
            LogNotDrained(failure, part.GetType().Name);
        }
    }

    private async Task TellAsync()
    {
        if (view.Active.Length < 2) return;
        view.Drains(view.Self);
        view.Changed += TellOthers;
        await Task.WhenAll(view.Active.Select(TellAsync));
    }

    /// <summary>One that has come meanwhile has not heard of it.</summary>
    private void TellOthers()
    {
        foreach (var silo in view.Active) _ = TellAsync(silo);
    }

    private async Task TellAsync(SiloAddress silo)
    {
        if (silo.Equals(view.Self) || !_told.TryAdd(silo, true)) return;
        try
        {
            await client.For(silo).DrainingAsync(view.Self).AsTask().WaitAsync(TellLimit, clock.TimeProvider);
        }
        catch (Exception failure)
        {
            // What it still places here is moved again, or leaves with the silo.
            LogNotTold(failure, silo);
        }
    }

    [LoggerMessage(2111, LogLevel.Warning, "{Part} could not be drained; what is left goes with the node")]
    private partial void LogNotDrained(Exception failure, string part);

    [LoggerMessage(2112, LogLevel.Information, "{Silo} could not be told that this node is stopping")]
    private partial void LogNotTold(Exception failure, SiloAddress silo);
}
