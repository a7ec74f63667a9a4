using System.Buffers.Binary;
using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.OwnBroker;

/// <summary>A 3.1.1 subscriber that knows what must come: numbered messages from 0, each once and in order. It reads in large pieces, so that 500 of them cost little.</summary>
internal sealed class CrowdMember : IAsyncDisposable
{
    private const int LongestLengthBytes = 4;

    private readonly Stream _stream;
    private readonly int _qos;
    private readonly byte[] _buffer = new byte[32 * 1024];
    private readonly List<byte> _acknowledgements = [];
    private int _length;
    private int _received;

    private CrowdMember(Stream stream, int qos)
    {
        _stream = stream;
        _qos = qos;
    }

    public static async Task<CrowdMember> JoinAsync(Endpoint endpoint, string topic, int qos)
    {
        var (_, stream) = await ClientStream.OpenAsync(endpoint, MqttVersion.V311);
        await stream.WriteAsync(new ConnectRequest(MqttVersion.V311, Unique.ClientId()).ToBytes());
        await stream.WriteAsync(Packet.Subscribe(MqttVersion.V311, 1, [(topic, qos)]));
        // CONNACK has 4 bytes, SUBACK of one filter 5.
        var answers = new byte[9];
        await stream.ReadExactlyAsync(answers).AsTask().WaitAsync(RawClient.DefaultTimeout, TimeProvider.System);
        Assert.Equal([0x20, 2, 0, 0, 0x90, 3, 0, 1, (byte)qos], answers);
        return new CrowdMember(stream, qos);
    }

    /// <summary>Until it has had so many messages, from its beginning.</summary>
    public async Task ReceiveToAsync(int count)
    {
        while (_received < count)
        {
            var read = await _stream.ReadAsync(_buffer.AsMemory(_length));
            if (read == 0)
                throw new UnexpectedFrameException($"closed after {_received} messages");
            _length += read;
            TakeMessages();
            if (_acknowledgements.Count == 0)
                continue;
            await _stream.WriteAsync(_acknowledgements.ToArray());
            _acknowledgements.Clear();
        }
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private void TakeMessages()
    {
        var taken = 0;
        while (TakeMessage(_buffer.AsSpan(taken, _length - taken)) is var length and > 0)
            taken += length;
        _buffer.AsSpan(taken, _length - taken).CopyTo(_buffer);
        _length -= taken;
    }

    private int TakeMessage(ReadOnlySpan<byte> bytes)
    {
        var remaining = 0;
        var start = 1;
        do
        {
            if (start > LongestLengthBytes || start >= bytes.Length)
                return 0;
            remaining |= (bytes[start] & 0x7F) << (7 * (start - 1));
        }
        while ((bytes[start++] & 0x80) != 0);
        if (bytes.Length < start + remaining)
            return 0;
        if (bytes[0] != (0x30 | (_qos << 1)))
            throw new UnexpectedFrameException($"a first byte of 0x{bytes[0]:X2}");
        Take(bytes.Slice(start, remaining));
        return start + remaining;
    }

    private void Take(ReadOnlySpan<byte> body)
    {
        var rest = body[(2 + BinaryPrimitives.ReadUInt16BigEndian(body))..];
        if (_qos > 0)
        {
            _acknowledgements.AddRange([0x40, 2, rest[0], rest[1]]);
            rest = rest[2..];
        }

        var number = BinaryPrimitives.ReadInt32BigEndian(rest);
        if (number != _received)
            throw new UnexpectedFrameException($"message {_received} expected, but came {number}");
        _received++;
    }
}
