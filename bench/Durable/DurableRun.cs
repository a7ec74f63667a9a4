using System.Diagnostics;

namespace OrleansBroker.Durable;

/// <summary>Runs the pairs and measures the broker's processes meanwhile.</summary>
internal sealed class DurableRun(DurableOptions options)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(30);

    private readonly DurablePublisher[] _publishers = [.. Topics(options).Select(topic => new DurablePublisher(options, topic))];
    private readonly DurableSubscriber[] _subscribers = [.. Topics(options).Select(topic => new DurableSubscriber(options, topic))];

    /// <summary>New ones for each run: sessions of an earlier one have messages.</summary>
    private static IEnumerable<string> Topics(DurableOptions options) => Enumerable.Range(0, options.Pairs).Select(static i => $"run{Environment.ProcessId}/{i}");

    public async Task<DurableResult> RunAsync()
    {
        foreach (var subscriber in _subscribers) await subscriber.SubscribeAsync();
        var receiving = options.Offline ? [] : _subscribers.Select(subscriber => Task.Run(subscriber.RunAsync)).ToArray();
        using var stop = new CancellationTokenSource();
        var publishing = _publishers.Select(publisher => Task.Run(() => publisher.RunAsync(stop.Token))).ToArray();
        await Task.Delay(TimeSpan.FromSeconds(options.Warmup), TimeProvider.System);
        var before = Sample();
        foreach (var publisher in _publishers) publisher.IsMeasured = true;
        await Task.Delay(TimeSpan.FromSeconds(options.Seconds), TimeProvider.System);
        foreach (var publisher in _publishers) publisher.IsMeasured = false;
        var after = Sample();
        await stop.CancelAsync();
        await Task.WhenAll(publishing);
        var isWhole = options.Offline || await IsDrainedAsync();
        foreach (var subscriber in _subscribers) subscriber.Close();
        await Task.WhenAll(receiving);
        return DurableResult.Of(before, after, [.. _publishers.SelectMany(static publisher => publisher.Latencies)], isWhole);
    }

    private async Task<bool> IsDrainedAsync()
    {
        var began = Stopwatch.GetTimestamp();
        while (_subscribers.Sum(static subscriber => subscriber.Received) < _publishers.Sum(static publisher => publisher.Acknowledged))
        {
            if (Stopwatch.GetElapsedTime(began) > Drain) return false;
            await Task.Delay(Poll, TimeProvider.System);
        }

        return true;
    }

    private ProcessSample Sample() => ProcessSample.Of(options.Broker, options.Server, _publishers.Sum(static publisher => publisher.Acknowledged));
}
