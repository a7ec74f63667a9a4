using System.Buffers;
using System.Buffers.Binary;
using Azure.Data.Tables;
using OrleansBroker.Storage.Records;

namespace OrleansBroker.Storage.AzureTables;

/// <summary>
/// The records of a row as they stand in an entity; golden bytes in the tests.
/// <code>
/// body    = { record [ 1 length:u32 bytes | 2 id:16 bytes ] }     record as in RecordFormat; what follows it, if it has a payload: its own, or one that others share
/// </code>
/// </summary>
internal static class AzureRow
{
    private const byte OwnPayload = 1;
    private const byte SharedPayload = 2;
    private const int IdBytes = 16;

    /// <summary>What follows the record of a shared payload; its own takes its length and less than this.</summary>
    public const int SharedBytes = 1 + IdBytes;

    public static void Write(ArrayBufferWriter<byte> body, ReadOnlySpan<byte> record) => body.Write(record);

    public static void WriteOwn(ArrayBufferWriter<byte> body, ReadOnlySpan<byte> payload)
    {
        var header = body.GetSpan(1 + sizeof(uint));
        header[0] = OwnPayload;
        BinaryPrimitives.WriteUInt32LittleEndian(header[1..], (uint)payload.Length);
        body.Advance(1 + sizeof(uint));
        body.Write(payload);
    }

    public static void WriteShared(ArrayBufferWriter<byte> body, Guid payload)
    {
        var span = body.GetSpan(1 + IdBytes);
        span[0] = SharedPayload;
        payload.TryWriteBytes(span[1..], bigEndian: true, out _);
        body.Advance(1 + IdBytes);
    }

    /// <summary>The records of a body in their order.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or of a later program.</exception>
    public static List<AzureRecord> Read(ReadOnlyMemory<byte> body, TableEntity entity, ulong number, int firstPlace)
    {
        List<AzureRecord> records = [];
        while (!body.IsEmpty)
        {
            var reader = new RecordReader(body.Span);
            if (reader.Read(out var record) != RecordError.None) throw AzureBody.Damaged(entity);
            var stored = body[..record.Stored.Length];
            body = body[record.Stored.Length..];
            var (own, shared, used) = record.HasPayload ? ReadPayload(body, entity) : (default, null, 0);
            body = body[used..];
            records.Add(new AzureRecord(number, firstPlace + records.Count, stored, record.IsRemoval, record.HasPayload, own, shared));
        }

        return records;
    }

    private static (ReadOnlyMemory<byte> Own, Guid? Shared, int Used) ReadPayload(ReadOnlyMemory<byte> body, TableEntity entity)
    {
        var span = body.Span;
        if (span.Length > sizeof(uint) && span[0] == OwnPayload)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(span[1..]);
            if (length <= span.Length - 1 - sizeof(uint)) return (body.Slice(1 + sizeof(uint), (int)length), null, 1 + sizeof(uint) + (int)length);
        }
        else if (span.Length > IdBytes && span[0] == SharedPayload)
        {
            return (default, new Guid(span.Slice(1, IdBytes), bigEndian: true), 1 + IdBytes);
        }

        throw AzureBody.Damaged(entity);
    }
}
