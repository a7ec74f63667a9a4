namespace OrleansBroker.Storage.Journals;

/// <summary>
/// The bytes of one message, referred to by the records of many journals (invariant H3): a store writes them once per commit,
/// however many rows refer to them. The bytes must not change any more.
/// </summary>
public sealed class SharedPayload(ReadOnlyMemory<byte> bytes)
{
    public ReadOnlyMemory<byte> Bytes { get; } = bytes;
}
