using BenchmarkDotNet.Attributes;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Micro.Doubles;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Micro.Sessions;

/// <summary>A session takes a message and sends it; at QoS 1 and 2 the client's answers are part of it. A durable session's records only get numbers here.</summary>
public class SessionDeliverBenchmarks
{
    private static readonly byte[] Topic = "plant/17/sensor/42/temperature"u8.ToArray();

    private readonly Publication _atMostOnce = Messages.Of(Topic);
    private readonly Publication _atLeastOnce = Messages.Of(Topic, QoS.AtLeastOnce);
    private readonly Publication _exactlyOnce = Messages.Of(Topic, QoS.ExactlyOnce);
    private readonly CountingConnection _connection = new();
    private readonly CountingJournal _journal = new();
    private Session _session = null!;
    private RouteMatch _match = null!;

    [Params(false, true)]
    public bool Durable { get; set; }

    [GlobalSetup]
    public void Attach()
    {
        _session = new Session("subscriber", new LimitsOptions(), new BrokerCounters());
        var grant = Attachments.Attach(_session, _connection, TopicFilter.Parse("plant/17/#"), QoS.ExactlyOnce, Durable ? _journal : null);
        _match = Attachments.MatchOf(new CountingReceiver(), grant);
    }

    [Benchmark]
    public bool AtMostOnce() => _session.Deliver(_atMostOnce, _match, nowMilliseconds: 0);

    [Benchmark]
    public void AtLeastOnce()
    {
        _session.Deliver(_atLeastOnce, _match, nowMilliseconds: 0);
        _session.PubAck(_connection.LastIdentifier, ReasonCode.Success, nowMilliseconds: 0);
        _session.Committed(_journal.Last, nowMilliseconds: 0);
    }

    [Benchmark]
    public void ExactlyOnce()
    {
        _session.Deliver(_exactlyOnce, _match, nowMilliseconds: 0);
        _session.Committed(_journal.Last, nowMilliseconds: 0);
        _session.PubRec(_connection.LastIdentifier, ReasonCode.Success, nowMilliseconds: 0);
        _session.Committed(_journal.Last, nowMilliseconds: 0);
        _session.PubComp(_connection.LastIdentifier, nowMilliseconds: 0);
    }
}
