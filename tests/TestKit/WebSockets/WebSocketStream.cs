using System.Net.Sockets;

namespace OrleansBroker.TestKit.WebSockets;

/// <summary>
/// MQTT's bytes through a WebSocket. What is written goes in frames of random sizes, some empty, some parts of fragmented messages that may stay open from one
/// write to the next, and in several writes to the socket that end anywhere; what is read is joined. A seed gives the same frames for the same writes.
/// </summary>
internal sealed class WebSocketStream(RawWebSocket socket, int seed) : Stream
{
    // More frames than this of one write cost time and show nothing new.
    private const int MaxFrames = 24;

    private readonly Random _random = new(seed);
    private readonly SemaphoreSlim _writing = new(1);
    private ReadOnlyMemory<byte> _unread;
    private bool _isMessageOpen;
    private bool _hasSentClose;
    private bool _hasEnded;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Opens the WebSocket on a connected socket.</summary>
    public static async Task<WebSocketStream> OpenAsync(Socket socket, Endpoint endpoint, MqttVersion version, int seed)
    {
        var raw = new RawWebSocket(socket);
        var protocol = version == MqttVersion.V31 ? "mqttv3.1" : "mqtt";
        var answer = await raw.HandshakeAsync(endpoint, protocol);
        return answer.Subprotocol == protocol
            ? new WebSocketStream(raw, seed)
            : throw new UnexpectedFrameException($"the handshake is answered with {answer.Status}, subprotocol {answer.Subprotocol ?? "none"}");
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_unread.IsEmpty)
        {
            if (_hasEnded || await socket.ReadFrameAsync(cancellationToken) is not { } frame)
                return 0;
            await HandleAsync(frame);
        }

        var count = Math.Min(buffer.Length, _unread.Length);
        _unread[..count].CopyTo(buffer);
        _unread = _unread[count..];
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            // Nothing may follow a close frame (RFC 6455, section 5.5.1); a socket too takes what nobody reads any more.
            if (_hasSentClose)
                return;
            ReadOnlyMemory<byte> frames = Split(buffer.Span);
            for (var pieces = _random.Next(3); pieces > 0 && frames.Length > 0; pieces--)
            {
                var piece = _random.Next(1 + Math.Min(frames.Length, 64));
                await socket.SendAsync(frames[..piece]);
                frames = frames[piece..];
            }

            await socket.SendAsync(frames);
        }
        finally
        {
            _writing.Release();
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Closes the socket without a close frame: the network's end.</summary>
    public override async ValueTask DisposeAsync()
    {
        await socket.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _writing.Dispose();
        base.Dispose(disposing);
    }

    private async Task HandleAsync(WebSocketFrame frame)
    {
        switch (frame.Opcode)
        {
            case Opcode.Binary or Opcode.Continuation:
                _unread = frame.Payload;
                break;
            case Opcode.Ping:
                await SendControlAsync(new WebSocketFrame(Opcode.Pong, frame.Payload));
                break;
            case Opcode.Close:
                await SendControlAsync(frame);
                // The server closes first (RFC 6455, section 7.1.1): until then the network connection is open.
                if (await socket.ReadFrameAsync() is { } after)
                    throw new UnexpectedFrameException($"{after.Opcode} behind the close frame");
                _hasEnded = true;
                break;
            default:
                throw new UnexpectedFrameException($"a WebSocket frame with {frame.Opcode}");
        }
    }

    private async Task SendControlAsync(WebSocketFrame frame)
    {
        await _writing.WaitAsync();
        try
        {
            _hasSentClose |= frame.Opcode == Opcode.Close;
            await socket.SendAsync(frame);
        }
        finally
        {
            _writing.Release();
        }
    }

    private byte[] Split(ReadOnlySpan<byte> bytes)
    {
        var frames = new byte[WebSocketFrame.MaxLength(bytes.Length) + (MaxFrames * WebSocketFrame.MaxLength(0))];
        var length = 0;
        for (var count = 1; bytes.Length > 0; count++)
        {
            var size = count >= MaxFrames ? bytes.Length : Math.Min(NextSize(bytes.Length), bytes.Length);
            var isFinal = _random.Next(2) == 0;
            var opcode = _isMessageOpen ? Opcode.Continuation : Opcode.Binary;
            length += WebSocketFrame.Write(frames.AsSpan(length), opcode, isFinal, bytes[..size], (uint)_random.Next());
            _isMessageOpen = !isFinal;
            bytes = bytes[size..];
        }

        return frames[..length];
    }

    // Around the sizes at which the length takes two or eight bytes too.
    private int NextSize(int rest) => _random.Next(8) switch
    {
        0 => 0,
        1 => 1,
        2 => _random.Next(2, 8),
        3 => _random.Next(124, 128),
        4 => _random.Next(65_534, 65_538),
        5 => 1 + (rest / 2),
        _ => rest,
    };
}
