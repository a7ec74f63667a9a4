using System.Globalization;

namespace OrleansBroker.TestKit.Numbers;

/// <summary>The numbers that one subscriber has received, by topic, and what was wrong with them. May be read while it is written.</summary>
public sealed class ReceivedNumbers
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Topic> _topics = [];
    private readonly List<string> _doubled = [];
    private readonly List<string> _disordered = [];
    private TimeSpan _longestSilence;
    private int _count;
    private int _repeated;

    /// <summary>Numbers that came again at QoS 0, or at QoS 2 in a flow of their own, each with its topic.</summary>
    public IReadOnlyList<string> Doubled => Read(() => _doubled.ToArray());

    /// <summary>Numbers that came later than a greater one, each with its topic.</summary>
    public IReadOnlyList<string> Disordered => Read(() => _disordered.ToArray());

    /// <summary>Different numbers that have come.</summary>
    public int Count => Read(() => _count);

    /// <summary>How often a number came again at QoS 1, as it may.</summary>
    public int Repeated => Read(() => _repeated);

    /// <summary>The longest time between two numbers of one topic.</summary>
    public TimeSpan LongestSilence => Read(() => _longestSilence);

    /// <returns>In order, of this topic.</returns>
    public IReadOnlyList<int> Of(string topic) => Read(() => _topics.TryGetValue(topic, out var known) ? known.Numbers.ToArray() : []);

    /// <returns>The greatest of this topic; 0 when there is none.</returns>
    public int LastOf(string topic) => Read(() => _topics.TryGetValue(topic, out var known) ? known.Numbers[^1] : 0);

    /// <summary>What is known of silence is forgotten.</summary>
    public void ForgetSilence()
    {
        lock (_lock) _longestSilence = TimeSpan.Zero;
    }

    public void Note(PublishFrame publish)
    {
        var number = int.Parse(publish.Text, CultureInfo.InvariantCulture);
        lock (_lock)
        {
            if (!_topics.TryGetValue(publish.Topic, out var topic)) _topics.Add(publish.Topic, topic = new Topic());
            var index = topic.Numbers.BinarySearch(number);
            if (index >= 0)
            {
                if (publish.QoS == 1) _repeated++;
                else _doubled.Add($"{publish.Topic} {number}");
                return;
            }

            if (~index < topic.Numbers.Count) _disordered.Add($"{publish.Topic} {number} after {topic.Numbers[^1]}");
            topic.Numbers.Insert(~index, number);
            _count++;
            NoteTime(topic);
        }
    }

    private void NoteTime(Topic topic)
    {
        var now = TimeProvider.System.GetTimestamp();
        if (topic.Numbers.Count > 1 && TimeProvider.System.GetElapsedTime(topic.Latest, now) is var silence && silence > _longestSilence) _longestSilence = silence;
        topic.Latest = now;
    }

    private T Read<T>(Func<T> read)
    {
        lock (_lock) return read();
    }

    private sealed class Topic
    {
        public List<int> Numbers { get; } = [];

        public long Latest { get; set; }
    }
}
