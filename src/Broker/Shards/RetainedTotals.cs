using OrleansBroker.Broker.Options;

namespace OrleansBroker.Broker.Shards;

/// <summary>
/// Retained messages and bytes of all shards of a silo, against their bound. Shards add what they changed; two that store at the same
/// moment may pass the bound by one message each.
/// </summary>
public sealed class RetainedTotals(LimitsOptions limits)
{
    private long _messages;
    private long _bytes;

    public long Messages => Volatile.Read(ref _messages);

    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Whether a message may be stored.</summary>
    /// <param name="addedBytes">Its size, less that of the message that it replaces; replacing with no more bytes always may.</param>
    public bool Admit(long addedBytes, bool isNew) =>
        limits.RetainAvailable && (!isNew || Messages < limits.MaxRetainedMessages) && (addedBytes <= 0 || Bytes + addedBytes <= limits.MaxRetainedBytes);

    public void Add(long messages, long bytes)
    {
        if (messages != 0) Interlocked.Add(ref _messages, messages);
        if (bytes != 0) Interlocked.Add(ref _bytes, bytes);
    }
}
