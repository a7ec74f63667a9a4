using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.Memory;

/// <summary>A live record, linked in the order of last write.</summary>
internal sealed class MemoryRecord(byte[] key)
{
    public byte[] Key { get; } = key;

    public byte[] Value { get; set; } = [];

    public SharedPayload? Payload { get; set; }

    public MemoryRecord? Previous { get; set; }

    public MemoryRecord? Next { get; set; }
}
