using System.Buffers.Binary;
using System.Text;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Mqtt.Codec;

/// <summary>
/// Reads fields from a packet's body. The first violation sticks and empties the reader, so that every later read gives a default,
/// every loop over <see cref="IsDone"/> ends, and a decoder checks once at its end.
/// </summary>
internal ref struct PacketReader(ReadOnlySpan<byte> body)
{
    private readonly ReadOnlySpan<byte> _body = body;
    private int _position;

    public SpecViolation Violation { get; private set; }

    public readonly int Position => _position;

    public readonly bool IsDone => _position == _body.Length;

    public readonly bool Failed => Violation != SpecViolation.None;

    public void Fail(SpecViolation violation)
    {
        if (Violation == SpecViolation.None)
            Violation = violation;
        _position = _body.Length;
    }

    public ReadOnlySpan<byte> Take(int count)
    {
        if (count > _body.Length - _position)
        {
            Fail(SpecViolation.PacketTruncated);
            return default;
        }

        var taken = _body.Slice(_position, count);
        _position += count;
        return taken;
    }

    public ReadOnlySpan<byte> TakeRest() => Take(_body.Length - _position);

    public byte ReadByte()
    {
        var bytes = Take(1);
        return bytes.IsEmpty ? default : bytes[0];
    }

    public ushort ReadUInt16()
    {
        var bytes = Take(sizeof(ushort));
        return bytes.IsEmpty ? default : BinaryPrimitives.ReadUInt16BigEndian(bytes);
    }

    public uint ReadUInt32()
    {
        var bytes = Take(sizeof(uint));
        return bytes.IsEmpty ? default : BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    /// <summary>5.0 only, where the least number of bytes is the only valid one [MQTT5-1.5.5-1].</summary>
    public int ReadVariableByteInteger()
    {
        var status = VariableByteInteger.TryRead(_body[_position..], out var value, out var length);
        if (status == DecodeStatus.Done && length == VariableByteInteger.LengthOf(value))
        {
            _position += length;
            return value;
        }

        Fail(status switch
        {
            DecodeStatus.Done => SpecViolation.VariableByteIntegerPadded,
            DecodeStatus.NeedMoreData => SpecViolation.PacketTruncated,
            _ => SpecViolation.VariableByteIntegerTooLong,
        });
        return default;
    }

    public ReadOnlySpan<byte> ReadBinary() => Take(ReadUInt16());

    public ReadOnlySpan<byte> ReadUtf8()
    {
        var utf8 = ReadBinary();
        var violation = Utf8Text.Validate(utf8);
        if (violation == SpecViolation.None)
            return utf8;
        Fail(violation);
        return default;
    }

    // A byte order mark is a character like any other [MQTT5-1.5.4-3] [MQTT311-1.5.3-3].
    public string ReadString() => Encoding.UTF8.GetString(ReadUtf8());

    public ushort ReadPacketIdentifier()
    {
        var identifier = ReadUInt16();
        if (identifier == 0)
            Fail(SpecViolation.PacketIdentifierZero); // [MQTT5-2.2.1-3]
        return identifier;
    }

    public ReasonCode ReadReasonCode(PacketType type, ProtocolVersion version, PacketSender sender)
    {
        var code = (ReasonCode)ReadByte();
        if (!ReasonCodes.IsAllowed(code, type, version, sender))
            Fail(SpecViolation.ReasonCodeNotAllowed);
        return code;
    }

    /// <summary>The rest of a server's answer: at least one code.</summary>
    public ReasonCode[] ReadReasonCodes(PacketType type, ProtocolVersion version)
    {
        if (IsDone)
            Fail(SpecViolation.PacketTruncated);
        var codes = new ReasonCode[_body.Length - _position];
        for (var i = 0; i < codes.Length; i++)
            codes[i] = ReadReasonCode(type, version, PacketSender.Server);
        return codes;
    }

    /// <summary>The packet must end here.</summary>
    public SpecViolation End()
    {
        if (!IsDone)
            Fail(SpecViolation.TrailingBytes);
        return Violation;
    }
}
