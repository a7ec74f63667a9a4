using System.Collections.Concurrent;
using OrleansBroker.Soak.Tests.Model;

namespace OrleansBroker.Soak.Tests.Clients;

/// <summary>What the clients of a round write down together.</summary>
internal sealed class Round(RoundPlan plan, OperationCounts counts)
{
    // Numbers go on from round to round: what comes too late is known for what it is.
    private static long _lastId;

    private readonly ConcurrentDictionary<long, Message> _messages = new();
    private readonly ConcurrentDictionary<string, Message> _empty = new();
    private readonly ConcurrentQueue<Difference> _differences = new();
    private long _lastReceived;

    public RoundPlan Plan { get; } = plan;

    public OperationCounts Counts { get; } = counts;

    public IReadOnlyDictionary<long, Message> Messages => _messages;

    public IEnumerable<Difference> Differences => _differences;

    /// <summary>When any client last received a message.</summary>
    public long LastReceived => Volatile.Read(ref _lastReceived);

    public static long NextId() => Interlocked.Increment(ref _lastId);

    public void Add(Message message)
    {
        _messages[message.Id] = message;
        if (message.Length == 0)
            _empty[message.Topic] = message;
    }

    public Message? Find(string topic, ReadOnlySpan<byte> payload)
    {
        if (payload.Length == 0)
            return _empty.GetValueOrDefault(topic);
        return Payloads.IdOf(payload) is { } id && _messages.TryGetValue(id, out var message) ? message : null;
    }

    public void Received(long stamp) => Volatile.Write(ref _lastReceived, Math.Max(stamp, LastReceived));

    public void Report(string what, SessionRecord? session, Message? message, string details) =>
        _differences.Enqueue(new Difference(what, session, message, details));
}
