using System.Reflection;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Grains.Time;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Grains.Sys;

/// <summary>The clock of <c>$SYS</c>: at the start and at each interval it publishes, retained, what has changed. At QoS 0: a later value makes up for one that was lost.</summary>
internal sealed partial class SysPublisher(
    NodeShard shard, SysCollector collector, LoadAverages loads, BrokerCounters counters, BrokerClock clock, TimingOptions timing, ILogger<SysPublisher> logger) : IHostedService, IDisposable
{
    /// <summary>A shorter interval that is not 0 counts as this one: each walks all sessions.</summary>
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<string, string> _published = new(StringComparer.Ordinal);
    private readonly SysTopics _topics = new(Version, counters);
    private PeriodicTimer? _timer;

    private static string Version => typeof(SysPublisher).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>Ends with the timer, and never by a fault.</summary>
    internal Task Ended { get; private set; } = Task.CompletedTask;

    /// <summary>The first values are there before the listeners serve.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (timing.SysInterval == TimeSpan.Zero) return;
        await PublishAsync();
        _timer = new PeriodicTimer(timing.SysInterval < ShortestInterval ? ShortestInterval : timing.SysInterval, clock.TimeProvider);
        Ended = RunAsync(_timer);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        await Ended.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Also the end, without a stop, where something else could not start.</summary>
    public void Dispose() => _timer?.Dispose();

    private async Task RunAsync(PeriodicTimer timer)
    {
        while (await timer.WaitForNextTickAsync(CancellationToken.None))
        {
            try
            {
                await PublishAsync();
            }
            catch (Exception fault)
            {
                // Whatever it was, the node serves on, and the next interval tries again.
                LogFault(fault);
            }
        }
    }

    private async Task PublishAsync()
    {
        loads.Update();
        foreach (var (topic, value) in _topics.Values(await collector.CollectAsync(), loads))
        {
            if (_published.TryGetValue(topic, out var before) && before == value) continue;
            _published[topic] = value;
            shard.Publish(ToPublication(topic, value));
        }
    }

    private static Publication ToPublication(string topic, string value) =>
        new(Encoding.UTF8.GetBytes(topic + value), Encoding.UTF8.GetByteCount(topic), propertiesLength: 0, QoS.AtMostOnce, retain: true, publisherClientId: "");

    [LoggerMessage(2503, LogLevel.Error, "The values below $SYS were not published")]
    private partial void LogFault(Exception fault);
}
