namespace OrleansBroker.Broker.Tests.Topics;

/// <summary>Topic names and filters out of few levels, so that they meet often; empty, long, reserved and non-ASCII levels among them.</summary>
internal sealed class RandomTopics(int seed)
{
    private static readonly string[] Levels =
        ["a", "b", "c", "", "", "$SYS", "$", "temperature", "temperaturf", "exactly8", "exactly08", "ü", "日本語のレベル"];

    private readonly Random _random = new(seed);

    public int Next(int limit) => _random.Next(limit);

    public string Name()
    {
        while (true)
        {
            var name = string.Join('/', Enumerable.Range(0, 1 + _random.Next(5)).Select(_ => Levels[_random.Next(Levels.Length)]));
            if (name.Length > 0)
                return name;
        }
    }

    public string Filter() => FilterNear(Name());

    /// <summary>A filter made of the topic's own levels: it often matches the topic, not always.</summary>
    public string FilterNear(string topicName)
    {
        var levels = topicName.Split('/').ToList();
        if (_random.Next(4) == 0)
            levels.Add("#");
        for (var index = 0; index < levels.Count; index++)
        {
            if (levels[index] != "#" && _random.Next(3) == 0)
                levels[index] = "+";
        }
        if (_random.Next(4) == 0)
            levels[^1] = "#";
        return string.Join('/', levels);
    }
}
