using OrleansBroker.Storage.Records;

namespace OrleansBroker.Storage.Memory;

/// <summary>Finds records by key without a copy of the key.</summary>
internal sealed class MemoryRecordComparer : IEqualityComparer<MemoryRecord>, IAlternateEqualityComparer<ReadOnlySpan<byte>, MemoryRecord>
{
    public static MemoryRecordComparer Instance { get; } = new();

    public bool Equals(MemoryRecord? x, MemoryRecord? y) => ReferenceEquals(x, y) || (x is not null && y is not null && Equals(x.Key, y));

    public int GetHashCode(MemoryRecord obj) => GetHashCode(obj.Key);

    public bool Equals(ReadOnlySpan<byte> alternate, MemoryRecord other) => alternate.SequenceEqual(other.Key);

    public int GetHashCode(ReadOnlySpan<byte> alternate) => (int)Checksum.Of(alternate);

    public MemoryRecord Create(ReadOnlySpan<byte> alternate) => new(alternate.ToArray());
}
