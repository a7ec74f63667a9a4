namespace OrleansBroker.Soak.Tests.Model;

/// <summary>Messages of one publisher, topic and QoS come in the order in which they were sent [MQTT5-4.6.0-6] [MQTT311-4.6.0-6].</summary>
internal static class OrderCheck
{
    public static void Run(SessionRecord session, IReadOnlyDictionary<long, Message> messages, Func<Copy, bool> isShared, List<Difference> differences)
    {
        var latest = new Dictionary<(string Publisher, string Topic, int Published, int Delivered), Message>();
        var seen = new HashSet<long>();
        foreach (var copy in session.Connections.SelectMany(connection => connection.Copies))
        {
            // A retained message may be older than what came before it; no order is promised between members of a group.
            if (copy.Delivery.Retain || isShared(copy) || !messages.TryGetValue(copy.MessageId, out var message) || message.IsWill || !seen.Add(copy.MessageId))
                continue;
            var key = (message.ClientId, message.Topic, message.QoS, copy.Delivery.QoS);
            if (latest.TryGetValue(key, out var before) && before.Order > message.Order)
                differences.Add(new Difference("out of order", session, message, $"{copy} came after {before}"));
            else
                latest[key] = message;
        }
    }
}
