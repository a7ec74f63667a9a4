using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Broker.Tests.Sessions.Simulation;

/// <content>What the world knows of the session without asking it, and what must hold when all has come to rest.</content>
internal sealed partial class SimulatedWorld
{
    /// <summary>Null when the world cannot know: a crash may have undone what was not committed.</summary>
    private bool? _hasSession = false;
    private bool _wasPresent;

    /// <summary>Lets everything come to rest, with one more connection, and checks.</summary>
    public void Finish()
    {
        _finishing = true;
        BeginConnect();
        // Every turn does one of each; as many as there can be answers under way.
        for (var turn = 0; turn < 100_000; turn++)
        {
            RunEffects();
            Commit();
            CompleteConnect();
            Drain();
            _client.ReadOne();
            _client.AnswerOne(_session, _now);
            SettleOne();
            if (_underway.Count == 0 && _client.IsIdle && _journal.PendingCount == 0 && _session.QueuedCount == 0) break;
        }

        Assert.Equal((0, 0, 0), (_session.QueuedCount, _session.InflightCount, _session.InboundCount));
        CheckSettled();
        CheckArrived();
        CheckOrder();
        CheckInbound();
        Assert.DoesNotContain(_journal.Committed, static key => key[0] is 'm' or 'i' or 'p' or 'f');
    }

    private void Attaching(AttachResult result, bool cleanStart)
    {
        if (_hasSession is { } has) Assert.Equal(has && !cleanStart && !IsExpired, result.SessionPresent);
        if (!result.SessionPresent) Assert.Empty(_session.Subscriptions.Items.ToArray());
        _wasPresent = result.SessionPresent;
        _isTransient = !_session.IsDurable || _session.ExpiryIntervalSeconds == 0;
    }

    private bool _isTransient;
    private long? _expiresAt;

    private bool IsExpired => _expiresAt <= _now;

    private void Attached() => (_hasSession, _expiresAt) = (!_isTransient, null);

    private void Detached()
    {
        Assert.Equal(!_isTransient && _session.ExpiryIntervalSeconds > 0, _session.Exists);
        (_hasSession, _expiresAt) = (_session.Exists, _now + (_session.ExpiryIntervalSeconds * 1000));
    }

    /// <summary>A session made for a CONNECT that was not answered is gone; a resumed one may meet its old expiry at any time.</summary>
    private void Abandoned()
    {
        _hasSession = _wasPresent ? null : false;
        if (!_wasPresent) SessionEnded();
    }

    /// <summary>What the ended session had is lost with it, except what its group still has.</summary>
    private void SessionEnded()
    {
        foreach (var message in _messages)
        {
            var stays = message.IsShared && message.Publication.QoS == QoS.AtLeastOnce && !_hasCrashed;
            if (!stays) message.MustArrive = false;
        }
    }

    private void AbandonUnsettled()
    {
        _hasSession = null;
        foreach (var message in _messages)
        {
            if (!message.IsOwnPartOpen && _publisher.IsSettled(message.Publication) && !message.IsShared) continue;
            message.IsAbandoned = !_publisher.IsSettled(message.Publication);
            message.MustArrive = false;
        }
    }

    private void CheckSettled()
    {
        foreach (var message in _messages)
        {
            if (message.Publication.QoS == QoS.AtMostOnce || message.IsAbandoned) continue;
            if (message.IsOwnPartOpen)
            {
                Assert.False(_publisher.IsSettled(message.Publication), $"{message.Text} was settled more than once");
                message.Publication.Settle(PartOutcome.NoReceiver);
            }

            Assert.True(_publisher.IsSettled(message.Publication), $"{message.Text} was not settled");
        }
    }

    private void CheckArrived()
    {
        var arrived = _client.Messages.Select(static packet => packet.Text).Concat(_client.Refused).Concat(_takenByOthers).ToHashSet();
        foreach (var message in _messages.Where(static message => message.MustArrive))
        {
            Assert.True(arrived.Contains(message.Text), $"{message.Text} was lost");
        }

        var once = _client.Messages.Where(static packet => packet.QoS == QoS.ExactlyOnce).Select(static packet => packet.Text).ToArray();
        Assert.Equal(once.Distinct(), once);
        if (!_hasCrashed) Assert.Empty(once.Intersect(_takenByOthers));
    }

    /// <summary>[MQTT5-4.6.0-6]: what came first of each message is in order, for each QoS.</summary>
    private void CheckOrder()
    {
        foreach (var group in _client.Seen.Where(static packet => packet.Text[0] == 'm').GroupBy(static packet => packet.QoS))
        {
            var numbers = group.Select(static packet => int.Parse(packet.Text.AsSpan(1), null)).Distinct().ToArray();
            Assert.Equal(numbers.Order(), numbers);
        }
    }

    private void CheckInbound()
    {
        Assert.Empty(_client.Accepted.Except(_forwarded));
        if (!_hasCrashed) Assert.Equal(_forwarded.Distinct(), _forwarded);
    }
}
