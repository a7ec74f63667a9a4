namespace OrleansBroker.Soak.Tests.Model;

/// <summary>The retained value of one topic: a register that several clients write, and a SUBSCRIBE reads.</summary>
internal sealed class RetainedTopic
{
    private readonly List<(Window When, Message? Value, bool IsCertain)> _writes = [(new Window(long.MinValue, long.MinValue), null, true)];

    public RetainedTopic(IEnumerable<Message> messages)
    {
        foreach (var message in messages.Where(message => message.Retain))
        {
            foreach (var attempt in message.Attempts)
                _writes.Add((attempt.When, message.Length == 0 ? null : message, attempt.IsCertain));
        }
    }

    public bool IsWritten => _writes.Count > 1;

    /// <summary>Every value that may have been the current one at some instant of the window; null among them: none.</summary>
    public HashSet<Message?> CurrentIn(Window read)
    {
        // Whatever was over before this write began cannot be seen any more by a read that began after this write was over.
        var latest = _writes.Where(write => write.IsCertain && write.When.IsBefore(read)).Max(write => write.When.Begin);
        return [.. _writes.Where(write => write.When.Begin < read.End && write.When.End >= latest).Select(write => write.Value)];
    }

    /// <summary>Writes other than of this message that may have happened in the window.</summary>
    public bool IsWrittenByOthersIn(Window window, Message message) =>
        _writes.Exists(write => write.Value != message && write.When.Overlaps(window));
}
