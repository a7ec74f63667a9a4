namespace OrleansBroker.Broker.Tests.Topics;

/// <summary>The rules of MQTT5 section 4.7 written down as plainly as possible, to compare the tree with.</summary>
internal static class NaiveMatcher
{
    public static bool Matches(string topicFilter, string topicName)
    {
        if (topicName.StartsWith('$') && (topicFilter.StartsWith('+') || topicFilter.StartsWith('#')))
            return false;
        return Matches(topicFilter.Split('/'), topicName.Split('/'));
    }

    private static bool Matches(ReadOnlySpan<string> filter, ReadOnlySpan<string> topic)
    {
        if (filter is ["#"])
            return true;
        if (filter.IsEmpty || topic.IsEmpty)
            return filter.IsEmpty && topic.IsEmpty;
        return (filter[0] == "+" || filter[0] == topic[0]) && Matches(filter[1..], topic[1..]);
    }
}
