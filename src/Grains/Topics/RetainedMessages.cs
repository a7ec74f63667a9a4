using OrleansBroker.Broker.Topics;
using OrleansBroker.Grains.Sys;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Grains.Topics;

/// <inheritdoc cref="IRetainedMessages"/>
internal sealed class RetainedMessages(ShardCalls calls, ShardSpace space, NodeShard node) : IRetainedMessages
{
    private static readonly TimeSpan TimeOfOne = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TimeOfPage = TimeSpan.FromSeconds(3);

    /// <summary>Topics, properties and payloads of a page with contents; one message alone may be larger.</summary>
    private const int MaxContentsBytes = 8 << 20;

    private const int ContentsAtOnce = 16;

    private static readonly Comparer<byte[]> ByBytes = Comparer<byte[]>.Create(static (left, right) => left.AsSpan().SequenceCompareTo(right));

    public bool IsReserved(ReadOnlySpan<byte> topic) => SysTopic.IsIn(topic);

    public async Task<RetainedRecord?> FindAsync(byte[] topic, CancellationToken cancellation)
    {
        if (SysTopic.IsIn(topic)) return await node.Queries.FindRetainedAsync(topic);
        using var limit = calls.Limit(TimeOfOne, cancellation);
        return await calls.AskAsync(space.OfTopic(topic), shard => shard.FindRetainedAsync(topic), limit.Token);
    }

    public async Task<bool> RemoveAsync(byte[] topic, CancellationToken cancellation)
    {
        if (SysTopic.IsIn(topic)) return false;
        using var limit = calls.Limit(TimeOfOne, cancellation);
        var tries = 0;
        return await calls.AskAsync(
            space.OfTopic(topic),
            async shard =>
            {
                // One that failed may have been the one that took it away.
                var isFirst = ++tries == 1;
                return await shard.RemoveRetainedAsync(topic) || !isFirst;
            },
            limit.Token);
    }

    public async Task<TopicPage<RetainedRecord>> ListAsync(RetainedQuery query, bool withContents, CancellationToken cancellation)
    {
        using var limit = calls.Limit(TimeOfPage, cancellation);
        int[] shards = [.. space.OfFilter(TopicFilter.Parse(query.Filter))];
        var merge = new ShardMerge<RetainedRecord, byte[]>(calls, static record => record.Topic, ByBytes, FetchAsync);
        long bytes = 0;
        var page = await merge.TakeAsync(shards, query.Limit, record => !withContents || HasRoomFor(record));
        return withContents ? page with { Items = await FillAsync(page.Items, limit.Token) } : page;

        Task<ShardPage<RetainedRecord>> FetchAsync(int shard, RetainedRecord? after, int count)
        {
            var question = query with { After = after?.Topic ?? query.After, Limit = count };
            return shard == ShardSpace.Node
                ? node.Queries.ListRetainedAsync(question, TimeOfPage)
                : calls.AskAsync(shard, asked => asked.ListRetainedAsync(question, TimeOfPage), limit.Token);
        }

        bool HasRoomFor(RetainedRecord record)
        {
            var isFirst = bytes == 0;
            bytes += record.Topic.Length + record.PropertiesBytes + record.PayloadBytes;
            return isFirst || bytes <= MaxContentsBytes;
        }
    }

    /// <summary>What the page shows is asked for when it is known what that is: shards would have to give far more of it.</summary>
    private async Task<IReadOnlyList<RetainedRecord>> FillAsync(IReadOnlyList<RetainedRecord> items, CancellationToken over)
    {
        var filled = items.ToArray();
        await Parallel.ForAsync(0, filled.Length, new ParallelOptions { MaxDegreeOfParallelism = ContentsAtOnce }, async (i, _) =>
        {
            var topic = filled[i].Topic;
            try
            {
                filled[i] = (SysTopic.IsIn(topic)
                    ? await node.Queries.FindRetainedAsync(topic)
                    : await calls.AskAsync(space.OfTopic(topic), shard => shard.FindRetainedAsync(topic), over)) ?? filled[i];
            }
            catch (TopicUnavailableException)
            {
                // As one that has gone since: its core has just died.
            }
        });
        return filled;
    }
}
