namespace OrleansBroker.Gateway.Tests.Admission.Rules;

/// <summary>The plain model: MQTT's matching, and every topic and filter of a small alphabet, up to three levels.</summary>
internal static class NaiveTopics
{
    private static readonly string[] Words = ["a", "b", "", "$s"];

    /// <summary>Topics one level longer than the filters, so that what a filter's last '#' takes is seen. The empty one is no topic of MQTT; it counts here, as
    /// the parent of "/#", because a rule that takes it into account is never the laxer one.</summary>
    public static IReadOnlyList<string> Topics { get; } = [.. Paths(Words, 4)];

    public static IReadOnlyList<string> Filters { get; } = [.. Paths([.. Words, "+"], 3).Where(filter => filter.Length > 0), .. Paths([.. Words, "+"], 2).Select(path => path + "/#"), "#"];

    /// <param name="takesDollar">Whether a wildcard in front takes a topic that begins with '$'.</param>
    public static bool Matches(string filter, string topic, bool takesDollar = false)
    {
        if (!takesDollar && topic.StartsWith('$') && (filter.StartsWith('+') || filter.StartsWith('#')))
            return false;
        return Matches(filter.Split('/'), topic.Split('/'));
    }

    private static bool Matches(ReadOnlySpan<string> filter, ReadOnlySpan<string> topic)
    {
        if (filter.IsEmpty)
            return topic.IsEmpty;
        if (filter[0] == "#")
            return true;
        return !topic.IsEmpty && (filter[0] == "+" || filter[0] == topic[0]) && Matches(filter[1..], topic[1..]);
    }

    private static IEnumerable<string> Paths(string[] words, int maxLevels) => maxLevels == 1
        ? words
        : words.Concat(Paths(words, maxLevels - 1).SelectMany(path => words.Select(word => $"{path}/{word}"))).Distinct();
}
