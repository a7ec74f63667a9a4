using System.Collections.Immutable;
using System.Globalization;
using Azure.Data.Tables;

namespace OrleansBroker.Storage.AzureTables;

/// <summary>
/// Bytes in an entity: a property holds 64 KiB and an entity 1 MiB, so they stand in up to 11 properties c0 to c10; what is longer stands in chunks of its own
/// (<see cref="AzureChunks"/>), written before the entity that names them.
/// </summary>
internal static class AzureBody
{
    /// <summary>11 × 64 KiB = 704 KiB, which is 939 KiB on the wire, 4 characters for 3 bytes: whoever counts those has the rest of the MiB for the other properties.</summary>
    public const int MaxBytes = Properties * PropertyBytes;

    private const int PropertyBytes = 64 * 1024;
    private const int Properties = 11;
    private const string Length = "len";

    /// <summary>Property with the id of the chunks.</summary>
    public const string Blob = "blob";

    private static readonly ImmutableArray<string> Names = [.. Enumerable.Range(0, Properties).Select(i => "c" + i.ToString(CultureInfo.InvariantCulture))];

    public static bool Fits(int length) => length <= MaxBytes;

    public static void Write(TableEntity entity, ReadOnlySpan<byte> bytes)
    {
        entity[Length] = bytes.Length;
        for (var i = 0; !bytes.IsEmpty; i++)
        {
            var part = Math.Min(bytes.Length, PropertyBytes);
            entity[Names[i]] = bytes[..part].ToArray();
            bytes = bytes[part..];
        }
    }

    public static void WriteReference(TableEntity entity, Guid chunks, int length)
    {
        entity[Length] = length;
        entity[Blob] = chunks;
    }

    /// <summary>Where the bytes are when they are not in the entity.</summary>
    public static Guid? ChunksOf(TableEntity entity) => entity.GetGuid(Blob);

    public static int LengthOf(TableEntity entity) => entity.GetInt32(Length) ?? 0;

    /// <summary>The bytes that stand in the entity.</summary>
    public static byte[] Read(TableEntity entity)
    {
        var bytes = new byte[LengthOf(entity)];
        for (int i = 0, at = 0; at < bytes.Length; i++)
        {
            var part = (i < Properties ? entity.GetBinary(Names[i]) : null) ?? throw Damaged(entity);
            if (part.Length == 0 || part.Length > bytes.Length - at) throw Damaged(entity);
            part.CopyTo(bytes, at);
            at += part.Length;
        }

        return bytes;
    }

    public static InvalidDataException Damaged(TableEntity entity) => new($"Entity {entity.PartitionKey}/{entity.RowKey} of the store is damaged.");
}
