using Microsoft.Extensions.Logging;
using OrleansBroker.Grains.Placement;
using OrleansBroker.Grains.Time;

namespace OrleansBroker.Grains.Topics;

/// <summary>Questions to shards, wherever they are: a shard that is on its way to another core is asked again until the time is over.</summary>
internal sealed partial class ShardCalls(IGrainFactory grains, ShardMap map, BrokerClock clock, ILogger<ShardCalls> logger)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    public ITopicQueries Of(int shard) => grains.GetGrain<ITopicQueries>(shard);

    /// <summary>The name of the core that is to have the shard.</summary>
    public string OwnerOf(int shard) => map.OwnerOf(shard)?.ToParsableString() ?? "no core";

    public TimeLimit Limit(TimeSpan time, CancellationToken cancellation) => new(time, clock.TimeProvider, cancellation);

    public Task WaitAsync(CancellationToken over) => Task.Delay(RetryDelay, clock.TimeProvider, over);

    /// <exception cref="TopicUnavailableException">It did not answer in time.</exception>
    public async Task<TAnswer> AskAsync<TAnswer>(int shard, Func<ITopicQueries, ValueTask<TAnswer>> call, CancellationToken over)
    {
        Exception? last = null;
        while (true)
        {
            try
            {
                return await call(Of(shard)).AsTask().WaitAsync(over);
            }
            catch (Exception failure) when (!over.IsCancellationRequested)
            {
                // Whatever it failed of: its core has just died, the shard is on its way, or the store is out of reach. It is there in a moment, or it is not.
                last = failure;
            }
            catch (Exception failure)
            {
                throw Unavailable(shard, last ?? failure);
            }

            await WaitAsync(over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (over.IsCancellationRequested) throw Unavailable(shard, last);
        }
    }

    private TopicUnavailableException Unavailable(int shard, Exception? failure)
    {
        LogNotAnswered(failure, shard, OwnerOf(shard));
        return new TopicUnavailableException($"Shard {shard} on {OwnerOf(shard)} did not answer in time.", failure);
    }

    [LoggerMessage(2408, LogLevel.Warning, "Shard {Shard} on {Silo} did not answer a question in time")]
    private partial void LogNotAnswered(Exception? failure, int shard, string silo);
}
