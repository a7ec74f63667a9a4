using System.Text;
using OrleansBroker.Broker.Topics;

namespace OrleansBroker.Broker.Tests.Topics;

internal static class TopicTreeExtensions
{
    public static byte[] Utf8(this string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>Adds the key with itself as its value.</summary>
    public static TopicTree<string> With(this TopicTree<string> tree, params string[] keys)
    {
        foreach (var key in keys)
            tree.GetOrAdd(key.Utf8(), out _) = key;
        return tree;
    }

    public static List<string> MatchSorted(this TopicTree<string> tree, string topicName)
    {
        var matches = new List<string>();
        tree.Match(topicName.Utf8(), matches);
        matches.Sort(StringComparer.Ordinal);
        return matches;
    }

    public static List<string> FindSorted(this TopicTree<string> tree, string topicFilter)
    {
        using var cursor = tree.Find(topicFilter.Utf8());
        var found = cursor.Rest(int.MaxValue);
        found.Sort(StringComparer.Ordinal);
        return found;
    }

    /// <summary>Leads the cursor to its end in slices of <paramref name="stepsPerSlice"/>.</summary>
    public static List<string> Rest(this TopicTree<string>.Cursor cursor, int stepsPerSlice)
    {
        var found = new List<string>();
        while (true)
        {
            var steps = stepsPerSlice;
            TopicCursorState state;
            while ((state = cursor.MoveNext(ref steps, out var value)) == TopicCursorState.Found)
                found.Add(value!);
            if (state == TopicCursorState.Done)
                return found;
            Assert.Equal(0, steps);
        }
    }
}
