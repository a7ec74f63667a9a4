namespace OrleansBroker.Broker.Topics;

/// <summary>Whether one filter matches one topic, without a tree of them. Both are valid.</summary>
public static class FilterMatch
{
    /// <param name="filter">Without its share part; UTF-8.</param>
    /// <param name="topic">A topic name; UTF-8.</param>
    public static bool IsMatch(ReadOnlySpan<byte> filter, ReadOnlySpan<byte> topic)
    {
        // [MQTT5-4.7.2-1] [MQTT311-4.7.2-1]: a leading wildcard matches no topic that begins with $.
        if (topic[0] == TopicLevel.ReservedPrefix && filter[0] is TopicLevel.SingleLevelWildcard or TopicLevel.MultiLevelWildcard)
            return false;
        while (true)
        {
            var filterLevel = TakeLevel(ref filter, out var isLastOfFilter);
            if (filterLevel is [TopicLevel.MultiLevelWildcard])
                return true;
            var topicLevel = TakeLevel(ref topic, out var isLastOfTopic);
            if (filterLevel is not [TopicLevel.SingleLevelWildcard] && !filterLevel.SequenceEqual(topicLevel))
                return false;
            if (isLastOfTopic)
                return isLastOfFilter || filter is [TopicLevel.MultiLevelWildcard]; // # matches its parent as well
            if (isLastOfFilter)
                return false;
        }
    }

    private static ReadOnlySpan<byte> TakeLevel(ref ReadOnlySpan<byte> rest, out bool isLast)
    {
        var end = rest.IndexOf(TopicLevel.Separator);
        isLast = end < 0;
        var level = isLast ? rest : rest[..end];
        rest = isLast ? default : rest[(end + 1)..];
        return level;
    }
}
