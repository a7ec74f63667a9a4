using System.Text;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Scale;

/// <summary>A publisher for each of 50 sessions: 200 messages/s at QoS 1 each, as many as a network would let through, so that what is late was held up.</summary>
internal sealed class PairTraffic(BenchSilo silo)
{
    private const int Pairs = 50;
    private const int PayloadBytes = 100;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    private long _messages;
    private long _longestTicks;
    private TimeSpan _time;

    public string Result => $"{_messages / _time.TotalSeconds:F0} messages/s, the slowest took {TimeSpan.FromTicks(_longestTicks).TotalMilliseconds:F1} ms";

    public static string TopicOf(string clientId) => $"pair/{clientId}/t";

    public async Task RunAsync(TimeSpan time)
    {
        (_messages, _longestTicks, _time) = (0, 0, time);
        using var end = new CancellationTokenSource(time);
        await Task.WhenAll(Enumerable.Range(0, Pairs).Select(pair => Task.Run(() => PublishAsync(silo.Connections[pair].ClientId, end.Token))));
    }

    private async Task PublishAsync(string clientId, CancellationToken end)
    {
        var topic = Encoding.UTF8.GetBytes(TopicOf(clientId));
        using var timer = new PeriodicTimer(Interval, TimeProvider.System);
        while (!end.IsCancellationRequested)
        {
            await timer.WaitForNextTickAsync(CancellationToken.None);
            var body = new byte[topic.Length + PayloadBytes];
            topic.CopyTo(body, 0);
            var publisher = new OneMessage();
            var began = TimeProvider.System.GetTimestamp();
            silo.Router.Publish(new Publication(body, topic.Length, 0, QoS.AtLeastOnce, retain: false, "publisher").PublishedBy(publisher));
            if (await publisher.Settled != ReasonCode.Success)
                throw new InvalidOperationException("a message did not arrive");
            Count(TimeProvider.System.GetElapsedTime(began).Ticks);
        }
    }

    private void Count(long ticks)
    {
        Interlocked.Increment(ref _messages);
        for (var longest = Interlocked.Read(ref _longestTicks); ticks > longest;)
            longest = Interlocked.CompareExchange(ref _longestTicks, ticks, longest);
    }

    private sealed class OneMessage : IPublisher
    {
        private readonly TaskCompletionSource<ReasonCode> _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<ReasonCode> Settled => _settled.Task;

        void IPublisher.Deferred(Publication publication)
        {
            // Admission is the gateway's.
        }

        void IPublisher.Settled(Publication publication, ReasonCode reason) => _settled.TrySetResult(reason);
    }
}
