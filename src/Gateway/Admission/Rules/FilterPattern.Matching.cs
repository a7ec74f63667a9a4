namespace OrleansBroker.Gateway.Admission.Rules;

// Three questions to a pattern. All read both sides level by level, once, without allocation, and expect AppliesTo to hold.
internal sealed partial class FilterPattern
{
    /// <summary>Whether a topic name is among those that the pattern matches.</summary>
    /// <param name="wildcardsTakeDollar">Whether a wildcard in front matches a topic that begins with '$'. For MQTT it does not [MQTT5-4.7.2-1].</param>
    public bool Matches(ReadOnlySpan<byte> topic, in ClientNames names, bool wildcardsTakeDollar)
    {
        if (!topic.StartsWith(_prefix))
            return false;
        bool hidden = !wildcardsTakeDollar && topic is [Dollar, ..];
        var topicLevels = new LevelReader(topic);
        for (int i = 0; i < _levels.Length; i++)
        {
            ref readonly var level = ref _levels[i];
            bool hiddenHere = hidden && i == 0;
            if (level.Kind == PatternLevelKind.Hash)
                return !hiddenHere;
            if (!topicLevels.TryRead(out var topicLevel))
                return false;
            if (level.Kind == PatternLevelKind.Plus ? hiddenHere : !topicLevel.SequenceEqual(TextOf(level, names)))
                return false;
        }
        return !topicLevels.TryRead(out _);
    }

    /// <summary>Whether the pattern matches every topic that a filter matches.</summary>
    public bool Covers(ReadOnlySpan<byte> filter, in ClientNames names)
    {
        if (filter is [(byte)'#'] && _levels is [{ Kind: PatternLevelKind.Plus }, { Kind: PatternLevelKind.Hash }])
            return true; // A topic has a first level, so "+/#" is another way to write "#"; further down "a/#" has "a", which "a/+/#" has not.
        var filterLevels = new LevelReader(filter);
        for (int i = 0; i < _levels.Length; i++)
        {
            ref readonly var level = ref _levels[i];
            bool more = filterLevels.TryRead(out var filterLevel);
            bool hidden = i == 0 && filterLevel is [Dollar, ..]; // [MQTT5-4.7.2-1]
            if (level.Kind == PatternLevelKind.Hash)
                return !hidden;
            if (!more || filterLevel is [(byte)'#'])
                return false;
            if (level.Kind == PatternLevelKind.Plus ? hidden : filterLevel is [(byte)'+'] || !filterLevel.SequenceEqual(TextOf(level, names)))
                return false;
        }
        return !filterLevels.TryRead(out _);
    }

    /// <summary>Whether there is a topic that both the pattern and a filter match. The pattern's wildcards take topics that begin with '$'.</summary>
    public bool Overlaps(ReadOnlySpan<byte> filter, in ClientNames names)
    {
        var filterLevels = new LevelReader(filter);
        for (int i = 0; i < _levels.Length; i++)
        {
            ref readonly var level = ref _levels[i];
            bool more = filterLevels.TryRead(out var filterLevel);
            if (level.Kind == PatternLevelKind.Hash)
                return true;
            if (!more)
                return false;
            if (level.Kind != PatternLevelKind.Plus && !Takes(filterLevel, TextOf(level, names), isFirst: i == 0))
                return false;
            if (filterLevel is [(byte)'#'])
                return true;
        }
        return !filterLevels.TryRead(out var rest) || rest is [(byte)'#'];
    }

    // Whether a level of a client's filter matches a level's text.
    private static bool Takes(ReadOnlySpan<byte> filterLevel, ReadOnlySpan<byte> text, bool isFirst) =>
        filterLevel is [(byte)'+'] or [(byte)'#']
            ? !isFirst || text is not [Dollar, ..] // [MQTT5-4.7.2-1]
            : filterLevel.SequenceEqual(text);
}
