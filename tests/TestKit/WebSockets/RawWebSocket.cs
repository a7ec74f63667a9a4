using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace OrleansBroker.TestKit.WebSockets;

/// <summary>A WebSocket client of exact bytes: whatever is sent is what the test says, and what comes is checked against RFC 6455. Every wait has a bound.</summary>
public sealed class RawWebSocket : IAsyncDisposable
{
    private const string Guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private const int MaxPayloadBytes = 16 * 1024 * 1024;

    private readonly NetworkStream _stream;
    private readonly BufferedStream _input;

    /// <param name="socket">Connected; closed with this.</param>
    public RawWebSocket(Socket socket)
    {
        Socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
        _input = new BufferedStream(_stream, 64 * 1024);
    }

    public Socket Socket { get; }

    /// <summary>A socket that has sent nothing.</summary>
    public static async Task<RawWebSocket> OpenAsync(Endpoint endpoint)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(endpoint.Host, endpoint.Port).WaitAsync(RawClient.DefaultTimeout, TimeProvider.System);
        return new RawWebSocket(socket);
    }

    /// <summary>Asks for a WebSocket at <c>/mqtt</c>.</summary>
    /// <param name="protocols">What is offered; null for no such header.</param>
    /// <param name="headers">Further ones, each a line; of the same name as one of the handshake they replace it, without a value they remove it.</param>
    public async Task<HttpAnswer> HandshakeAsync(Endpoint endpoint, string? protocols = "mqtt", string target = "/mqtt", params string[] headers)
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        var all = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["Host"] = $"{endpoint.Host}:{endpoint.PortText}",
            ["Connection"] = "Upgrade",
            ["Upgrade"] = "websocket",
            ["Sec-WebSocket-Version"] = "13",
            ["Sec-WebSocket-Key"] = key,
            ["Sec-WebSocket-Protocol"] = protocols ?? "",
        };
        foreach (var header in headers.Select(line => line.Split(':', 2)))
            all[header[0]] = header[1].Trim();
        var lines = all.Where(header => header.Value.Length > 0).Select(header => $"{header.Key}: {header.Value}\r\n");
        await SendAsync(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\n{string.Concat(lines)}\r\n"));
        var answer = await ReadAnswerAsync();
        // RFC 6455, section 4.1.
        if (answer.IsOpen && answer.Headers.GetValueOrDefault("Sec-WebSocket-Accept") != AcceptOf(key))
            throw new UnexpectedFrameException("Sec-WebSocket-Accept is not that of the key");
        return answer;
    }

    public Task SendAsync(ReadOnlyMemory<byte> bytes) => _stream.WriteAsync(bytes).AsTask().WaitAsync(RawClient.DefaultTimeout, TimeProvider.System);

    public Task SendAsync(WebSocketFrame frame) => SendAsync(frame.ToBytes());

    /// <summary>The answer to a request; its body, where it has one, ends with the connection.</summary>
    public async Task<HttpAnswer> ReadAnswerAsync()
    {
        var lines = new List<string>();
        for (var line = await ReadLineAsync(); line.Length > 0; line = await ReadLineAsync())
            lines.Add(line);
        if (lines.Count == 0)
            throw new UnexpectedFrameException("no answer to the handshake");
        var status = int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture);
        var headers = lines.Skip(1).Select(line => line.Split(':', 2)).ToDictionary(
            header => header[0], header => header[1].Trim(), StringComparer.OrdinalIgnoreCase);
        if (status == HttpAnswer.SwitchingProtocols)
            return new HttpAnswer(status, headers, "");
        using var body = new StreamReader(_input, leaveOpen: true);
        return new HttpAnswer(status, headers, await body.ReadToEndAsync().WaitAsync(RawClient.DefaultTimeout, TimeProvider.System));
    }

    /// <summary>The next frame, or null at the end of the connection.</summary>
    public async Task<WebSocketFrame?> ReadFrameAsync(TimeSpan? timeout = null)
    {
        using var patience = new CancellationTokenSource(timeout ?? RawClient.DefaultTimeout, TimeProvider.System);
        try
        {
            return await ReadFrameAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            throw new UnexpectedFrameException($"no frame came within {timeout ?? RawClient.DefaultTimeout}");
        }
    }

    /// <summary>The same with a bound of the caller's.</summary>
    public async Task<WebSocketFrame?> ReadFrameAsync(CancellationToken cancellationToken)
    {
        var header = new byte[8];
        if (await _input.ReadAsync(header.AsMemory(0, 1), cancellationToken) == 0)
            return null;
        await _input.ReadExactlyAsync(header.AsMemory(1, 1), cancellationToken);
        var (first, second) = (header[0], header[1]);
        if ((first & 0x70) != 0 || (second & 0x80) != 0 || !Enum.IsDefined((Opcode)(first & 0x0F)))
            throw new UnexpectedFrameException($"a frame that begins with 0x{first:X2}{second:X2}: reserved bits, a mask, or no opcode");
        long length = second;
        if (second >= 126)
        {
            await _input.ReadExactlyAsync(header.AsMemory(0, second == 126 ? 2 : 8), cancellationToken);
            length = second == 126 ? BinaryPrimitives.ReadUInt16BigEndian(header) : BinaryPrimitives.ReadInt64BigEndian(header);
        }

        if (length is < 0 or > MaxPayloadBytes)
            throw new UnexpectedFrameException($"a frame of {length} bytes");
        var payload = new byte[length];
        await _input.ReadExactlyAsync(payload, cancellationToken);
        return new WebSocketFrame((Opcode)(first & 0x0F), payload, (first & 0x80) != 0);
    }

    /// <summary>Closes the socket, whatever was said.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        await _input.DisposeAsync();
    }

    private async Task<string> ReadLineAsync()
    {
        var line = new StringBuilder();
        var one = new byte[1];
        using var patience = new CancellationTokenSource(RawClient.DefaultTimeout, TimeProvider.System);
        while (await _input.ReadAsync(one, patience.Token) > 0 && one[0] != '\n')
            line.Append((char)one[0]);
        return line.ToString().TrimEnd('\r');
    }

    // RFC 6455, section 1.3, asks for SHA-1.
#pragma warning disable CA5350
    private static string AcceptOf(string key) => Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + Guid)));
#pragma warning restore CA5350
}
