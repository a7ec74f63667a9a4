using System.Net.Sockets;
using System.Threading.Channels;

namespace OrleansBroker.TestKit;

/// <summary>
/// An MQTT client that sends exact bytes and reads frames with a reader of its own, independent of the broker's codec.
/// Every wait has a bound, so a test never hangs. Not for use by two threads at once.
/// </summary>
public sealed partial class RawClient : IAsyncDisposable
{
    /// <summary>Long enough for a loaded machine; a test that waits this long has failed.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(15);

    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly FrameReader _reader;
    private readonly Task _reading;

    // PUBLISH packets that came while an acknowledgement was awaited.
    private readonly Queue<Frame> _early = [];
    private int _packetIdentifier;

    private RawClient(Socket socket, Stream stream, MqttVersion version)
    {
        _socket = socket;
        _stream = stream;
        Version = version;
        _reader = new FrameReader(_stream);
        _reading = _reader.RunAsync();
    }

    public MqttVersion Version { get; }

    /// <summary>When the broker closed, as <see cref="TimeProvider.GetTimestamp"/> of the system's clock; 0 while it is open.</summary>
    public long Closed => _reader.Closed;

    /// <summary>Ends when the network connection has ended, by whichever side.</summary>
    public Task Ended => _reading;

    /// <summary>Opens the network connection and sends nothing.</summary>
    /// <param name="receiveBufferBytes">Of the socket; 0 for the system's.</param>
    public static async Task<RawClient> OpenAsync(Endpoint endpoint, MqttVersion version, int receiveBufferBytes = 0)
    {
        var (socket, stream) = await ClientStream.OpenAsync(endpoint, version, receiveBufferBytes);
        return new RawClient(socket, stream, version);
    }

    /// <summary>Opens, sends CONNECT and expects a CONNACK that accepts.</summary>
    public static async Task<RawClient> ConnectAsync(Endpoint endpoint, ConnectRequest request) =>
        (await ConnectWithAckAsync(endpoint, request)).Client;

    /// <inheritdoc cref="ConnectAsync(Endpoint, ConnectRequest)"/>
    public static Task<RawClient> ConnectAsync(Endpoint endpoint, MqttVersion version) =>
        ConnectAsync(endpoint, new ConnectRequest(version, Unique.ClientId()));

    /// <inheritdoc cref="ConnectAsync(Endpoint, ConnectRequest)"/>
    public static async Task<(RawClient Client, ConnAckFrame ConnAck)> ConnectWithAckAsync(
        Endpoint endpoint, ConnectRequest request, int receiveBufferBytes = 0)
    {
        var client = await OpenAsync(endpoint, request.Version, receiveBufferBytes);
        await client.SendAsync(request.ToBytes());
        var connAck = (await client.ExpectAsync(PacketType.ConnAck)).ToConnAck(request.Version);
        return connAck.ReasonCode == Reason.Success
            ? (client, connAck)
            : throw new UnexpectedFrameException($"CONNACK refuses with 0x{connAck.ReasonCode:X2}");
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) =>
        await _stream.WriteAsync(bytes).AsTask().WaitAsync(DefaultTimeout, TimeProvider.System);

    /// <summary>Reads no more from the network: after what is being read now, nothing until <see cref="ReadOn"/>.</summary>
    public void Stall() => _reader.Stall();

    public void ReadOn() => _reader.ReadOn();

    /// <summary>The next frame, of whatever type.</summary>
    public Task<Frame> NextAsync(TimeSpan? timeout = null) =>
        _early.TryDequeue(out var frame) ? Task.FromResult(frame) : ReadAsync(timeout);

    /// <summary>A frame that is here already, or null.</summary>
    public Frame? TryNext() => _early.TryDequeue(out var early) || _reader.Frames.TryRead(out early) ? early : null;

    /// <summary>Ends when there is a frame to read, or the end of the connection.</summary>
    public Task WaitForFrameAsync() =>
        _early.Count > 0 ? Task.CompletedTask : _reader.Frames.WaitToReadAsync().AsTask().WaitAsync(DefaultTimeout, TimeProvider.System);

    /// <summary>Whether a frame comes within this time: only for what the standard leaves to the broker.</summary>
    public async Task<bool> IsAnythingThereAsync(TimeSpan quiet)
    {
        if (_early.Count > 0)
            return true;
        try
        {
            return await _reader.Frames.WaitToReadAsync().AsTask().WaitAsync(quiet, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task<Frame> ReadAsync(TimeSpan? timeout)
    {
        try
        {
            return await _reader.Frames.ReadAsync().AsTask().WaitAsync(timeout ?? DefaultTimeout, TimeProvider.System);
        }
        catch (ChannelClosedException closed)
        {
            throw new UnexpectedFrameException($"the broker closed the connection ({closed.InnerException?.Message ?? "end of stream"})");
        }
        catch (TimeoutException)
        {
            throw new UnexpectedFrameException($"nothing came within {timeout ?? DefaultTimeout}");
        }
    }

    /// <summary>The next frame, which must be of this type.</summary>
    public async Task<Frame> ExpectAsync(PacketType type, TimeSpan? timeout = null)
    {
        var frame = await NextAsync(timeout);
        return frame.Type == type ? frame : throw new UnexpectedFrameException($"{type} expected, but came {frame}");
    }

    /// <summary>The next frame that is not of the skipped type; it must be of the wanted one.</summary>
    public async Task<Frame> ExpectAfterAsync(PacketType wanted, PacketType skipped)
    {
        while (true)
        {
            var frame = await NextAsync();
            if (frame.Type == wanted)
                return frame;
            if (frame.Type != skipped)
                throw new UnexpectedFrameException($"{wanted} expected, but came {frame}");
        }
    }

    public async Task<PublishFrame> ExpectPublishAsync(TimeSpan? timeout = null) =>
        (await ExpectAsync(PacketType.Publish, timeout)).ToPublish(Version);

    /// <summary>The next frame of this type; PUBLISH packets may come first and are kept for later.</summary>
    public async Task<Frame> ExpectAnswerAsync(PacketType type)
    {
        while (true)
        {
            var frame = await ReadAsync(timeout: null);
            if (frame.Type == type)
                return frame;
            if (frame.Type != PacketType.Publish)
                throw new UnexpectedFrameException($"{type} expected, but came {frame}");
            _early.Enqueue(frame);
        }
    }

    /// <inheritdoc cref="ExpectAnswerAsync"/>
    public async Task<AckFrame> ExpectAckAsync(PacketType type, int packetIdentifier)
    {
        var ack = (await ExpectAnswerAsync(type)).ToAck(Version);
        return ack.PacketIdentifier == packetIdentifier
            ? ack
            : throw new UnexpectedFrameException($"{type} for {packetIdentifier} expected, but came one for {ack.PacketIdentifier}");
    }

    /// <summary>The broker closes; a DISCONNECT may come before (5.0 only), anything else but the skipped type may not.</summary>
    /// <returns>The DISCONNECT, or null.</returns>
    public async Task<DisconnectFrame?> ExpectClosedAsync(TimeSpan? timeout = null, PacketType? skipped = null)
    {
        DisconnectFrame? disconnect = null;
        if (_early.TryPeek(out var early) && early.Type != skipped)
            throw new UnexpectedFrameException($"the end of the connection expected, but came {early}");
        try
        {
            while (await _reader.Frames.WaitToReadAsync().AsTask().WaitAsync(timeout ?? DefaultTimeout, TimeProvider.System))
            {
                var frame = await _reader.Frames.ReadAsync();
                if (frame.Type == skipped)
                    continue;
                if (frame.Type != PacketType.Disconnect || disconnect is not null || Version != MqttVersion.V50)
                    throw new UnexpectedFrameException($"the end of the connection expected, but came {frame}");
                disconnect = frame.ToDisconnect();
            }
        }
        catch (TimeoutException)
        {
            throw new UnexpectedFrameException($"the connection is still open after {timeout ?? DefaultTimeout}");
        }
        catch (IOException)
        {
            // A reset is an end too: the broker closed with bytes of ours unread.
        }

        return disconnect;
    }

    /// <summary>The broker closes; in 5.0 it says this reason first, in 3.x it says nothing.</summary>
    public async Task ExpectDisconnectAsync(params byte[] reasons)
    {
        var disconnect = await ExpectClosedAsync();
        if (Version != MqttVersion.V50)
            return;
        if (disconnect is null || !reasons.Contains(disconnect.ReasonCode))
        {
            var came = disconnect is null ? "none" : $"0x{disconnect.ReasonCode:X2}";
            throw new UnexpectedFrameException($"DISCONNECT with 0x{Convert.ToHexString(reasons)} expected, but came {came}");
        }
    }

    /// <summary>
    /// Nothing is on its way to this client: what the broker had sent before the answer to a PINGREQ would stand before it.
    /// With <paramref name="quiet"/> it also stays so for that long, for what comes from another connection.
    /// </summary>
    public async Task ExpectNothingAsync(TimeSpan? quiet = null)
    {
        await PingAsync();
        if (quiet is not { } time)
            return;
        try
        {
            if (await _reader.Frames.WaitToReadAsync().AsTask().WaitAsync(time, TimeProvider.System))
                throw new UnexpectedFrameException($"nothing expected, but came {await _reader.Frames.ReadAsync()}");
            throw new UnexpectedFrameException("nothing expected, but the broker closed the connection");
        }
        catch (TimeoutException)
        {
            // Quiet, as it should be.
        }
    }

    /// <summary>Ends the network connection without DISCONNECT.</summary>
    public async ValueTask DisposeAsync()
    {
        _reader.ReadOn();
        await _stream.DisposeAsync();
        _socket.Dispose();
        await _reading;
    }

    /// <summary>Closes this side without DISCONNECT and waits until the broker closes its own: it has read everything that was sent.</summary>
    public async Task LeaveAsync()
    {
        _reader.ReadOn();
        _socket.Shutdown(SocketShutdown.Send);
        await _reading.WaitAsync(DefaultTimeout, TimeProvider.System);
        await DisposeAsync();
    }

    /// <summary>Ends the network connection with a reset, as a crashed device's network does at last.</summary>
    public async Task ResetAsync()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        await DisposeAsync();
    }
}
