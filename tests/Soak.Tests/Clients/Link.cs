using System.Net.Sockets;
using System.Threading.Channels;
using OrleansBroker.Soak.Tests.Model;
using OrleansBroker.TestKit;

namespace OrleansBroker.Soak.Tests.Clients;

/// <summary>
/// One network connection of a soak client: cuts what comes into frames, each with the stamp at which it was read, and sends
/// in the order in which it was asked, without ever waiting.
/// </summary>
internal sealed class Link
{
    private const int FirstBuffer = 16 * 1024;

    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly Channel<byte[]> _output = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Action<Frame, long> _received;
    private byte[] _buffer = new byte[FirstBuffer];
    private int _filled;

    private Link(Socket socket, Stream stream, Action<Frame, long> received)
    {
        _socket = socket;
        _stream = stream;
        _received = received;
    }

    /// <summary>Ends with the connection, when everything that came was handled. Its result: why, if not by its regular end.</summary>
    public Task<Exception?> Ended { get; private set; } = Task.FromResult<Exception?>(null);

    /// <summary>When it was last written to.</summary>
    public long LastSent { get; private set; }

    /// <param name="received">Called for each frame, in order, by one thread at a time.</param>
    /// <param name="before">Nothing that comes is looked at before this has ended.</param>
    public static async Task<Link> OpenAsync(Endpoint endpoint, MqttVersion version, Task before, Action<Frame, long> received)
    {
        var (socket, stream) = await ClientStream.OpenAsync(endpoint, version);
        var link = new Link(socket, stream, received);
        link.Ended = Task.Run(() => link.RunAsync(before));
        return link;
    }

    public void Send(byte[] packet)
    {
        LastSent = Stamps.Next();
        _output.Writer.TryWrite(packet);
    }

    /// <summary>Ends the connection as a crash does.</summary>
    public void Reset() => _socket.Close(timeout: 0);

    /// <summary>Sends no more: the broker sees the end of the stream, without DISCONNECT, and closes too.</summary>
    public void Close() => _socket.Shutdown(SocketShutdown.Send);

    private async Task<Exception?> RunAsync(Task before)
    {
        var writing = WriteAsync();
        var fault = await ReadAsync(before);
        _output.Writer.TryComplete();
        await _stream.DisposeAsync();
        await writing;
        return fault;
    }

    private async Task<Exception?> ReadAsync(Task before)
    {
        try
        {
            while (true)
            {
                var count = await _stream.ReadAsync(_buffer.AsMemory(_filled));
                if (count == 0)
                    return null;
                _filled += count;
                var stamp = Stamps.Next();
                await before;
                Cut(stamp);
            }
        }
        catch (Exception exception)
        {
            // A reset of either side, or what the broker should not have sent: the client knows which it expects.
            return exception;
        }
    }

    private void Cut(long stamp)
    {
        var start = 0;
        while (TryReadFrame(_buffer.AsSpan(start.._filled), out var frame, out var length))
        {
            _received(frame!, stamp);
            start += length;
        }

        _buffer.AsSpan(start.._filled).CopyTo(_buffer);
        _filled -= start;
        if (_filled == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
    }

    private static bool TryReadFrame(ReadOnlySpan<byte> bytes, out Frame? frame, out int length)
    {
        frame = null;
        length = 0;
        var body = 0;
        for (var i = 1; i < bytes.Length && i <= 4; i++)
        {
            body |= (bytes[i] & 0x7F) << (7 * (i - 1));
            if ((bytes[i] & 0x80) != 0)
                continue;
            length = 1 + i + body;
            if (bytes.Length < length)
                return false;
            frame = new Frame(bytes[0], bytes[(1 + i)..length].ToArray(), TimeProvider.System.GetTimestamp());
            return true;
        }

        return bytes.Length <= 4 ? false : throw new UnexpectedFrameException("a remaining length of more than four bytes");
    }

    private async Task WriteAsync()
    {
        try
        {
            using var batch = new MemoryStream();
            while (await _output.Reader.WaitToReadAsync())
            {
                batch.SetLength(0);
                while (batch.Length < FirstBuffer && _output.Reader.TryRead(out var packet))
                    batch.Write(packet);
                await _stream.WriteAsync(batch.GetBuffer().AsMemory(0, (int)batch.Length));
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The connection has ended: the reader says how. What is left to send has nowhere to go.
        }
    }
}
