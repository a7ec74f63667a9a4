using System.Diagnostics;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Connections;

/// <summary>Stands before the connection for one message that is traced: its trace ends when the message is settled.</summary>
internal sealed class TracedPublisher(IPublisher connection, Activity trace) : IPublisher
{
    private int _holders = 1;

    public void Deferred(Publication publication)
    {
        if (publication.QoS == QoS.AtMostOnce)
            Interlocked.Increment(ref _holders);
        connection.Deferred(publication);
    }

    public void Settled(Publication publication, ReasonCode reason)
    {
        connection.Settled(publication, reason);
        Release(reason);
    }

    /// <summary>The router has taken the message: of QoS 0 that is all, unless a shard holds it.</summary>
    public void Taken(QoS qos)
    {
        if (qos == QoS.AtMostOnce)
            Release(ReasonCode.Success);
    }

    private void Release(ReasonCode reason)
    {
        if (Interlocked.Decrement(ref _holders) == 0)
            ConnectionTraces.End(trace, reason);
    }
}
