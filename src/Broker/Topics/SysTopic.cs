namespace OrleansBroker.Broker.Topics;

/// <summary>The topics below <c>$SYS</c>: each node has its own values there, and only the node itself publishes to them.</summary>
public static class SysTopic
{
    /// <summary>Whether the first level is <c>$SYS</c>. A filter that begins with a wildcard matches no such topic [MQTT5-4.7.2-1] [MQTT311-4.7.2-1].</summary>
    /// <param name="topic">A topic name, or a topic filter without its share part; UTF-8.</param>
    public static bool IsIn(ReadOnlySpan<byte> topic)
    {
        var first = "$SYS"u8;
        return topic.StartsWith(first) && (topic.Length == first.Length || topic[first.Length] == TopicLevel.Separator);
    }
}
