using OrleansBroker.Broker.Messages;
using OrleansBroker.Grains.Time;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Topics;

/// <summary>A message that came to its shard by grain call, with who waits for it.</summary>
internal sealed class CountedPublication : IPublisher
{
    private readonly TaskCompletionSource<CountedAnswer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public CountedPublication(in CountedMessage message, BrokerClock clock)
    {
        // For No Local: nobody has the empty client id.
        Publication = new Publication(message.Body, message.TopicLength, message.PropertiesLength, (QoS)message.QoS, message.Retain, publisherClientId: "")
        {
            ExpiresAtMilliseconds = message.LeftMilliseconds < 0 ? Publication.NeverExpires : clock.NowMilliseconds + message.LeftMilliseconds,
        };
        Publication.PublishedBy(this);
        // At QoS 0 only who has been deferred is told.
        if (Publication.QoS == QoS.AtMostOnce) Publication.Defer();
    }

    public Publication Publication { get; }

    /// <summary>With how many sessions and groups it matched; set under the shard's monitor.</summary>
    public int Matched { get; set; }

    public Task<CountedAnswer> Answer => _answer.Task;

    /// <summary>What is known by now.</summary>
    public CountedAnswer AnswerNow => _answer.Task.IsCompletedSuccessfully ? _answer.Task.Result : new CountedAnswer(Matched, IsDone: false, default);

    /// <summary>The shard had closed.</summary>
    public void NotTaken() => _answer.TrySetResult(new CountedAnswer(-1, IsDone: false, default));

    void IPublisher.Deferred(Publication publication)
    {
        // Who called has admitted it.
    }

    void IPublisher.Settled(Publication publication, ReasonCode reason) => _answer.TrySetResult(new CountedAnswer(Matched, IsDone: true, (byte)reason));
}
