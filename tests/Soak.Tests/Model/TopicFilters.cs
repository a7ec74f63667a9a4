namespace OrleansBroker.Soak.Tests.Model;

/// <summary>Matching as MQTT5 section 4.7 tells it, level by level, and nothing else.</summary>
internal static class TopicFilters
{
    public static bool Matches(string filter, string topic)
    {
        var filterLevels = filter.Split('/');
        var topicLevels = topic.Split('/');
        if (topic.StartsWith('$') && filterLevels[0] is "#" or "+")
            return false;
        for (var i = 0; i < filterLevels.Length; i++)
        {
            if (filterLevels[i] == "#")
                return true; // also the parent level itself: a/# matches a
            if (i == topicLevels.Length)
                return false;
            if (filterLevels[i] != "+" && filterLevels[i] != topicLevels[i])
                return false;
        }

        return filterLevels.Length == topicLevels.Length;
    }
}
