using OrleansBroker.Grains.Time;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Topics;

/// <summary>Messages for one shard, in order, until each has its answer.</summary>
internal sealed class ShardSending(int shard, BrokerClock clock)
{
    private const int MaxBatchMessages = 256;

    /// <summary>What goes between silos at once holds up what else goes there; one message alone may be larger.</summary>
    private const int MaxBatchBytes = 256 << 10;

    private readonly List<Waiting> _waiting = [];
    private int _batch;

    public int Shard => shard;

    /// <param name="index">Of its answer.</param>
    public void Add(int index, in ComposedMessage message) => _waiting.Add(new Waiting(
        index, message, message.ExpirySeconds is { } seconds ? clock.NowMilliseconds + (seconds * 1000L) : long.MaxValue, IsUncertain: false));

    /// <summary>The next messages to send; false when all have been answered.</summary>
    public bool TryTakeBatch(out CountedMessage[] batch)
    {
        var bytes = 0;
        for (_batch = 0; _batch < _waiting.Count && _batch < MaxBatchMessages; _batch++)
        {
            bytes += _waiting[_batch].Message.Body.Length;
            if (bytes > MaxBatchBytes && _batch > 0) break;
        }

        batch = [.. _waiting.Take(_batch).Select(ToCounted)];
        return _batch > 0;
    }

    /// <summary>The shard has answered for the batch.</summary>
    /// <returns>False: it had closed before it took all; the rest is first in the next batch.</returns>
    public bool Answered(CountedAnswer[] results, MessageAnswer?[] answers)
    {
        var left = new List<Waiting>();
        for (var i = 0; i < _batch; i++)
        {
            if (results[i].Matched < 0) left.Add(_waiting[i]);
            else answers[_waiting[i].Index] = ToAnswer(results[i]);
        }

        _waiting.RemoveRange(0, _batch);
        _waiting.InsertRange(0, left);
        return left.Count == 0;
    }

    /// <summary>Nobody knows what has become of the batch: what is to come at most once is not sent again.</summary>
    public void Failed(MessageAnswer?[] answers)
    {
        var left = new List<Waiting>();
        foreach (var waiting in _waiting.Take(_batch))
        {
            if (waiting.Message.QoS == QoS.AtMostOnce) answers[waiting.Index] = Unconfirmed(matched: 0);
            else left.Add(waiting with { IsUncertain = true });
        }

        _waiting.RemoveRange(0, _batch);
        _waiting.InsertRange(0, left);
    }

    /// <summary>The time is over.</summary>
    public void GiveUp(MessageAnswer?[] answers)
    {
        foreach (var waiting in _waiting)
        {
            answers[waiting.Index] = waiting.IsUncertain
                ? Unconfirmed(matched: 0)
                : new MessageAnswer(MessageState.NotPublished, ReasonCode.ServerUnavailable, Detail: "The owner of the topic was not reached in time");
        }

        _waiting.Clear();
    }

    private static MessageAnswer ToAnswer(in CountedAnswer result) =>
        result.IsDone ? new MessageAnswer(MessageState.Done, (ReasonCode)result.Reason, result.Matched) : Unconfirmed(result.Matched);

    private static MessageAnswer Unconfirmed(int matched) =>
        new(MessageState.Unconfirmed, ReasonCode.UnspecifiedError, matched, "It was not said in time that the message is done");

    private CountedMessage ToCounted(Waiting waiting)
    {
        var message = waiting.Message;
        var left = waiting.ExpiresAtMilliseconds == long.MaxValue ? -1 : Math.Max(0, waiting.ExpiresAtMilliseconds - clock.NowMilliseconds);
        return new CountedMessage(message.Body, message.TopicLength, message.PropertiesLength, (byte)message.QoS, message.Retain, left);
    }

    private sealed record Waiting(int Index, ComposedMessage Message, long ExpiresAtMilliseconds, bool IsUncertain);
}
