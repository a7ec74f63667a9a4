using System.Text;

namespace OrleansBroker.Api.Tests.Otlp;

/// <summary>One field of a protobuf message, read without its schema.</summary>
internal readonly record struct ProtoField(int Number, ulong Value, ReadOnlyMemory<byte> Bytes)
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Delimited = 2;
    private const int Fixed32 = 5;

    public string Text => Encoding.UTF8.GetString(Bytes.Span);

    public string Hex => Convert.ToHexStringLower(Bytes.Span);

    /// <summary>The fields of the message that the field holds.</summary>
    public IEnumerable<ProtoField> All(int number) => Read(Bytes).Where(field => field.Number == number);

    public ProtoField One(int number) => Read(Bytes).LastOrDefault(field => field.Number == number);

    /// <summary>A message as the value of a field.</summary>
    public static ProtoField Of(byte[] message) => new(0, 0, message);

    private static IEnumerable<ProtoField> Read(ReadOnlyMemory<byte> message)
    {
        for (var at = 0; at < message.Length;)
        {
            var tag = ReadVarint(message, ref at);
            var number = (int)(tag >> 3);
            switch ((int)(tag & 7))
            {
                case Varint:
                    yield return new ProtoField(number, ReadVarint(message, ref at), default);
                    break;
                case Delimited:
                    var length = (int)ReadVarint(message, ref at);
                    yield return new ProtoField(number, 0, message.Slice(at, length));
                    at += length;
                    break;
                case Fixed64:
                    at += sizeof(ulong);
                    break;
                case Fixed32:
                    at += sizeof(uint);
                    break;
                default:
                    throw new InvalidDataException("no protobuf");
            }
        }
    }

    private static ulong ReadVarint(ReadOnlyMemory<byte> message, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = message.Span[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
    }
}
