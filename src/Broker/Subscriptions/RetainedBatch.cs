using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Retained;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Broker.Subscriptions;

/// <summary>
/// Retained messages of one shard for one new subscription: references only, consumed in order as the connection
/// has room, so that a wildcard over a million topics neither floods the output nor overflows the queue.
/// </summary>
public sealed class RetainedBatch(RouteMatch match, IReadOnlyList<RetainedMessage> messages)
{
    private int _next;
    private Publication? _current;

    public RouteMatch Match { get; } = match;

    public int Remaining => messages.Count - _next;

    /// <summary>The connection that is to be told that its subscription's last retained message has been sent, as this batch is the last; null for none.</summary>
    public object? EndsFor { get; set; }

    /// <summary>The next message; null when all are consumed.</summary>
    public Publication? Current => _next < messages.Count ? _current ??= messages[_next].ToPublication() : null;

    public void Advance()
    {
        _next++;
        _current = null;
    }

    /// <summary>A retained message goes at the lower of its own and the granted QoS [MQTT5-3.8.4-8].</summary>
    public QoS QoSOf(Publication publication) => publication.QoS < Match.QoS ? publication.QoS : Match.QoS;
}
