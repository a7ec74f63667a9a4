using OrleansBroker.Cluster.Load;
using OrleansBroker.Cluster.Nodes;
using OrleansBroker.Cluster.Results;
using OrleansBroker.TestKit.Servers;

namespace OrleansBroker.Cluster;

/// <summary>A cluster, its load, the fault, and what came of it.</summary>
internal sealed class FaultRun(FaultOptions options, Fault fault)
{
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    public async Task<FaultResult> RunAsync()
    {
        await using var link = fault.Name == "cut-core" ? await CuttableLink.CreateAsync() : null;
        await using var server = await PostgresServer.CreateAsync(link is null ? null : CuttableLink.OutsideAddress);
        await using var nodes = await RunningNodes.StartAsync(server, options.Gateways, fault.Cores > 0 ? fault.Cores : options.Cores, link);
        try
        {
            return await RunAsync(nodes, server);
        }
        finally
        {
            if (options.Logs is not null) await nodes.SaveLogsAsync(Path.Combine(options.Logs, fault.Name));
        }
    }

    private async Task<FaultResult> RunAsync(RunningNodes nodes, PostgresServer server)
    {
        await using var crowd = new IdleCrowd(nodes, options.Idle);
        await crowd.StartAsync();
        Pair[] pairs = [.. Enumerable.Range(0, options.Pairs).Select(i => new Pair(nodes, i, options.Rate))];
        using var stopPublishing = new CancellationTokenSource();
        using var stopReceiving = new CancellationTokenSource();
        var receiving = Task.WhenAll(pairs.Select(pair => Task.Run(() => pair.Subscriber.RunAsync(stopReceiving.Token))));
        await Task.WhenAll(pairs.Select(static pair => pair.Subscriber.Subscribed));
        foreach (var pair in pairs) pair.Begin();
        var publishing = Task.WhenAll(pairs.Select(pair => Task.Run(() => pair.Publisher.RunAsync(stopPublishing.Token))));

        await WatchAsync(TimeSpan.FromSeconds(options.Before), publishing, receiving);
        var began = TimeProvider.System.GetTimestamp();
        await fault.InjectAsync(nodes, server);
        var ended = TimeProvider.System.GetTimestamp();
        await WatchAsync(TimeSpan.FromSeconds(options.After), publishing, receiving);
        var stopped = TimeProvider.System.GetTimestamp();
        await stopPublishing.CancelAsync();
        await DrainAsync(pairs, publishing);
        await stopReceiving.CancelAsync();
        await receiving;
        var deaf = await crowd.FindDeafAsync();
        if (deaf.Count > 0) await Console.Error.WriteLineAsync($"{fault.Name}: without a message: {string.Join(", ", deaf.Take(20))}");
        return FaultResult.Of(fault, nodes, crowd, deaf.Count, pairs, new FaultTimes(began, ended, stopped));
    }

    /// <summary>A client that meets what no fault explains ends the run.</summary>
    private static async Task WatchAsync(TimeSpan time, Task publishing, Task receiving)
    {
        var first = await Task.WhenAny(publishing, receiving, Task.Delay(time, TimeProvider.System));
        await first;
    }

    /// <summary>Until all is answered and has come, or too long.</summary>
    private static async Task DrainAsync(Pair[] pairs, Task publishing)
    {
        using var limit = new CancellationTokenSource(Drain);
        while (!limit.IsCancellationRequested && !publishing.IsCompleted) await Task.Delay(Poll, TimeProvider.System);
        foreach (var pair in pairs) pair.Publisher.IsAbandoned = true;
        await publishing;
        while (!limit.IsCancellationRequested && pairs.Any(static pair => pair.Lost > 0)) await Task.Delay(Poll, TimeProvider.System);
    }
}
