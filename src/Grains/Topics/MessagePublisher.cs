using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Options;
using OrleansBroker.Grains.Time;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Topics;

/// <inheritdoc cref="IMessagePublisher"/>
internal sealed partial class MessagePublisher(
    MessageRules rules, ShardCalls calls, ShardSpace space, LimitsOptions limits, TimingOptions timing, BrokerClock clock, ILogger<MessagePublisher> logger) : IMessagePublisher
{
    /// <summary>A store that cannot be reached is told as such before the time is over.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <summary>Below the time after which a grain call fails by itself, and the message would be taken for one that has to be sent again.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    /// <summary>Bytes of messages under way from this node (invariant B11); one packet of the greatest size always may be.</summary>
    private const long MaxOutstandingBytes = 64 << 20;

    private readonly TimeSpan _wait = (timing.StoreWait < LongestWait ? timing.StoreWait : LongestWait) + Grace;
    private long _outstandingBytes;

    public int MaximumPacketBytes => rules.MaximumPacketBytes;

    public async Task<IReadOnlyList<MessageAnswer>> PublishAsync(IReadOnlyList<MessageDraft> messages, CancellationToken cancellation)
    {
        var answers = new MessageAnswer?[messages.Count];
        var sendings = new Dictionary<int, ShardSending>();
        long bytes = 0;
        for (var i = 0; i < messages.Count; i++)
        {
            answers[i] = rules.Check(messages[i], out var message);
            if (answers[i] is not null) continue;
            bytes += message.Body.Length;
            var shard = space.OfTopic(message.Topic);
            if (!sendings.TryGetValue(shard, out var sending)) sendings[shard] = sending = new ShardSending(shard, clock);
            sending.Add(i, message);
        }

        if (TryAdmit(bytes)) await SendAsync(sendings.Values, answers, bytes, cancellation);
        return [.. answers.Select(static answer => answer ?? new MessageAnswer(MessageState.NotPublished, ReasonCode.ServerBusy, Detail: "Too many messages are under way"))];
    }

    private bool TryAdmit(long bytes)
    {
        var most = Math.Max(MaxOutstandingBytes, limits.MaxPacketSize);
        if (Interlocked.Add(ref _outstandingBytes, bytes) <= most || Volatile.Read(ref _outstandingBytes) == bytes) return true;
        Interlocked.Add(ref _outstandingBytes, -bytes);
        return false;
    }

    private async Task SendAsync(IEnumerable<ShardSending> sendings, MessageAnswer?[] answers, long bytes, CancellationToken cancellation)
    {
        try
        {
            using var limit = calls.Limit(_wait + Grace, cancellation);
            await Task.WhenAll(sendings.Select(sending => SendAsync(sending, answers, limit.Token)));
        }
        finally
        {
            Interlocked.Add(ref _outstandingBytes, -bytes);
        }
    }

    /// <summary>One shard's messages, some at a time: those that follow wait, so that a topic has its order also when some have to be sent again.</summary>
    private async Task SendAsync(ShardSending sending, MessageAnswer?[] answers, CancellationToken over)
    {
        var end = clock.NowMilliseconds + (long)_wait.TotalMilliseconds;
        while (!over.IsCancellationRequested && sending.TryTakeBatch(out var batch))
        {
            try
            {
                var within = TimeSpan.FromMilliseconds(Math.Max(1, end - clock.NowMilliseconds));
                if (sending.Answered(await calls.Of(sending.Shard).PublishAsync(batch, within).AsTask().WaitAsync(over), answers)) continue;
            }
            catch (Exception failure)
            {
                // Whatever it failed of, the shard may have had them.
                LogNotAnswered(failure, sending.Shard, calls.OwnerOf(sending.Shard));
                sending.Failed(answers);
            }

            await calls.WaitAsync(over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        sending.GiveUp(answers);
    }

    [LoggerMessage(2409, LogLevel.Warning, "Shard {Shard} on {Silo} did not answer for messages from outside; they are sent again while there is time")]
    private partial void LogNotAnswered(Exception failure, int shard, string silo);
}
