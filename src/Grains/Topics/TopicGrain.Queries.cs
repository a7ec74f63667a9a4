namespace OrleansBroker.Grains.Topics;

/// <summary>What is asked beside the way of messages.</summary>
internal sealed partial class TopicGrain
{
    /// <summary>Messages that are entered in one turn, so that what they make connections send is written once.</summary>
    private const int MessagesPerTurn = 64;

    private ShardQueries Queries => new(_monitor, space, services.Clock);

    public async ValueTask<CountedAnswer[]> PublishAsync(CountedMessage[] messages, TimeSpan within)
    {
        var published = new CountedPublication[messages.Length];
        for (var begin = 0; begin < messages.Length; begin += MessagesPerTurn)
        {
            if (begin > 0) await Task.Yield();
            Publish(messages, published, begin, Math.Min(messages.Length, begin + MessagesPerTurn));
        }

        await Task.WhenAll(published.Select(static Task (each) => each.Answer)).WaitAsync(within, services.Clock.TimeProvider)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        return Array.ConvertAll(published, static each => each.AnswerNow);
    }

    public async ValueTask<RetainedRecord?> FindRetainedAsync(byte[] topic) => await Queries.FindRetainedAsync(topic);

    public async ValueTask<bool> RemoveRetainedAsync(byte[] topic) => await _monitor.RemoveRetainedAsync(topic);

    public async ValueTask<ShardPage<RetainedRecord>> ListRetainedAsync(RetainedQuery query, TimeSpan within) => await Queries.ListRetainedAsync(query, within);

    public async ValueTask<ShardPage<RouteRecord>> ListSubscriptionsAsync(SubscriptionQuery query, TimeSpan within) => await Queries.ListSubscriptionsAsync(query, within);

    private void Publish(CountedMessage[] messages, CountedPublication[] published, int begin, int end)
    {
        services.Connections.BeginTurn();
        try
        {
            for (var i = begin; i < end; i++)
            {
                published[i] = new CountedPublication(messages[i], services.Clock);
                _monitor.Publish(published[i]);
            }
        }
        finally
        {
            services.Connections.EndTurn();
        }
    }
}
