using Microsoft.Extensions.Logging;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Time;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Grains.Topics;

/// <summary>
/// Shards of this silo that are being opened ask every silo for the routes of transient sessions before they take publications (invariant B2): one call for all that
/// open at the same moment. A silo has answered, or is dead.
/// </summary>
internal sealed partial class OpeningShards(ClusterView cluster, NodeClient nodes, ShardSpace space, BrokerClock clock, ILogger<OpeningShards> logger)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private Round? _next;

    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>The routes that concern this shard.</returns>
    public async Task<RouteRecord[]> FindRoutesAsync(int shard, CancellationToken cancellation)
    {
        Round round;
        lock (_gate)
        {
            if (_next is null)
            {
                _next = new Round();
                var asked = _next;
                _ = Task.Run(() => AskAsync(asked), CancellationToken.None);
            }

            round = _next;
            round.Shards.Add(shard);
        }

        var routes = await round.Answers.Task.WaitAsync(cancellation);
        return [.. routes.Where(route => space.OfFilter(route.Parsed ?? TopicFilter.Parse(route.Filter)).Contains(shard))];
    }

    private async Task AskAsync(Round round)
    {
        int[] shards;
        lock (_gate)
        {
            if (ReferenceEquals(_next, round)) _next = null;
            shards = [.. round.Shards];
        }

        var answers = await Task.WhenAll(cluster.Active.Select(silo => AskAsync(silo, shards)));
        round.Answers.SetResult([.. answers.SelectMany(static routes => routes)]);
    }

    private async Task<List<RouteRecord>> AskAsync(SiloAddress silo, int[] shards)
    {
        var routes = new List<RouteRecord>();
        var (part, parts) = (0, 0);
        do
        {
            var page = await AskAsync(silo, shards, part, parts);
            routes.AddRange(page.Routes);
            parts = page.Parts;
        }
        while (++part < parts);
        return routes;
    }

    private async Task<HeldRoutesPage> AskAsync(SiloAddress silo, int[] shards, int part, int parts)
    {
        while (true)
        {
            try
            {
                return await nodes.For(silo).HeldRoutesAsync(shards, part, parts);
            }
            catch (Exception exception)
            {
                // Whatever the call failed of: as long as the silo lives it may have connections whose routes are nowhere else.
                if (cluster.IsDead(silo) || !cluster.Active.Contains(silo)) return new HeldRoutesPage([], 1);
                LogNotAnswered(exception, silo);
                await Task.Delay(RetryDelay, clock.TimeProvider);
            }
        }
    }

    [LoggerMessage(2402, LogLevel.Warning, "Silo {Silo} not reached for the routes of its connections; asked again")]
    private partial void LogNotAnswered(Exception exception, SiloAddress silo);

    private sealed class Round
    {
        public List<int> Shards { get; } = [];

        public TaskCompletionSource<RouteRecord[]> Answers { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
