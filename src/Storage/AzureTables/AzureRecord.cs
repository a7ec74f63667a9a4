using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using OrleansBroker.Storage.Records;

namespace OrleansBroker.Storage.AzureTables;

/// <summary>A record as it was read, with where it was written last.</summary>
/// <param name="Number">Of the row.</param>
/// <param name="Place">In the row, from 0.</param>
/// <param name="Stored">As in <see cref="RecordFormat"/>.</param>
/// <param name="Own">Its payload, if it is its own.</param>
/// <param name="Shared">The payload that it shares with others.</param>
internal sealed record AzureRecord(ulong Number, int Place, ReadOnlyMemory<byte> Stored, bool IsRemoval, bool HasPayload, ReadOnlyMemory<byte> Own, Guid? Shared)
{
    /// <summary>Equal for equal keys: a byte a character.</summary>
    public string Key => KeyOf(KeyBytes);

    public ReadOnlySpan<byte> KeyBytes
    {
        get
        {
            var span = Stored.Span;
            return span.Slice(RecordFormat.KeyOffset, BinaryPrimitives.ReadUInt16LittleEndian(span[RecordFormat.KeyLengthOffset..]));
        }
    }

    public static string KeyOf(ReadOnlySpan<byte> key) => Encoding.Latin1.GetString(key);

    public int Bytes => Stored.Length + Own.Length;

    public ImmutableArray<byte> CopyOwn() => ImmutableCollectionsMarshal.AsImmutableArray(Own.ToArray());
}
