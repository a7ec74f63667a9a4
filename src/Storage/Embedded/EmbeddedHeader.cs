using System.Buffers.Binary;
using System.Text;
using OrleansBroker.Storage.Journals;
using OrleansBroker.Storage.Records;

namespace OrleansBroker.Storage.Embedded;

/// <summary>
/// What the store keeps of a journal beside its records, little-endian; golden bytes in the tests.
/// <code>
/// header = version:u8 ending:u8 id:u64 epoch:u64 number:u64 writer:guid due:i64 attachedLength:u16 attached checksum:u32
/// </code>
/// attached is UTF-8, length 65,535 = none; checksum = CRC-32C of all before it. The number is that of the last opening or ending: between the two it is in memory,
/// for whoever could go on with it ends with the process.
/// </summary>
internal readonly record struct EmbeddedHeader(
    ulong Id, JournalEpoch Epoch, ulong Number, WriterId Writer, JournalEnding Ending, long DueUtcSecond, string? AttachedOwner)
{
    public const byte Version = 1;

    private const int FixedBytes = 1 + 1 + (3 * sizeof(ulong)) + 16 + sizeof(long) + sizeof(ushort);
    private const int ChecksumBytes = sizeof(uint);
    private const ushort NoOwner = ushort.MaxValue;

    public byte[] ToBytes()
    {
        var owner = AttachedOwner is null ? [] : Encoding.UTF8.GetBytes(AttachedOwner);
        var bytes = new byte[FixedBytes + owner.Length + ChecksumBytes];
        var rest = bytes.AsSpan();
        rest[0] = Version;
        rest[1] = (byte)Ending;
        BinaryPrimitives.WriteUInt64LittleEndian(rest[2..], Id);
        BinaryPrimitives.WriteUInt64LittleEndian(rest[10..], Epoch.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(rest[18..], Number);
        Writer.Value.TryWriteBytes(rest[26..]);
        BinaryPrimitives.WriteInt64LittleEndian(rest[42..], DueUtcSecond);
        BinaryPrimitives.WriteUInt16LittleEndian(rest[50..], AttachedOwner is null ? NoOwner : checked((ushort)owner.Length));
        owner.CopyTo(rest[FixedBytes..]);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[^ChecksumBytes..], Checksum.Of(rest[..^ChecksumBytes]));
        return bytes;
    }

    public static InvalidDataException Damaged(JournalId journal) => new($"The header of journal {journal} is damaged.");

    /// <summary>Null when the bytes are no header that this program knows.</summary>
    public static EmbeddedHeader? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FixedBytes + ChecksumBytes || bytes[0] != Version) return null;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[^ChecksumBytes..]) != Checksum.Of(bytes[..^ChecksumBytes])) return null;
        var ownerBytes = BinaryPrimitives.ReadUInt16LittleEndian(bytes[50..]);
        var owner = bytes[FixedBytes..^ChecksumBytes];
        if (ownerBytes != NoOwner && ownerBytes != owner.Length) return null;
        return new EmbeddedHeader(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[2..]),
            new JournalEpoch(BinaryPrimitives.ReadUInt64LittleEndian(bytes[10..])),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[18..]),
            new WriterId(new Guid(bytes.Slice(26, 16))),
            (JournalEnding)bytes[1],
            BinaryPrimitives.ReadInt64LittleEndian(bytes[42..]),
            ownerBytes == NoOwner ? null : Encoding.UTF8.GetString(owner));
    }
}
