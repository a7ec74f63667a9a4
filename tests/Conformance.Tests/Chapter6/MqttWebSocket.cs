using OrleansBroker.TestKit;
using OrleansBroker.TestKit.WebSockets;

namespace OrleansBroker.Conformance.Tests.Chapter6;

/// <summary>MQTT on a WebSocket, frame by frame.</summary>
internal sealed class MqttWebSocket : IAsyncDisposable
{
    private readonly Queue<byte> _received = [];

    private MqttWebSocket(RawWebSocket raw) => Raw = raw;

    public RawWebSocket Raw { get; }

    /// <summary>Opens the WebSocket and sends nothing on it.</summary>
    public static async Task<MqttWebSocket> OpenAsync(Endpoint endpoint, string protocol = "mqtt")
    {
        var raw = await RawWebSocket.OpenAsync(endpoint);
        var answer = await raw.HandshakeAsync(endpoint, protocol);
        Assert.True(answer.IsOpen, $"{answer.Status} {answer.Body}");
        return new MqttWebSocket(raw);
    }

    /// <summary>Opens, sends CONNECT and expects a CONNACK that accepts.</summary>
    public static async Task<MqttWebSocket> ConnectAsync(Endpoint endpoint, ConnectRequest request)
    {
        var socket = await OpenAsync(endpoint);
        await socket.SendAsync(request.ToBytes());
        await socket.ExpectConnAckAsync(request.Version);
        return socket;
    }

    public static Task<MqttWebSocket> ConnectAsync(Endpoint endpoint, MqttVersion version) =>
        ConnectAsync(endpoint, new ConnectRequest(version, Unique.ClientId()));

    /// <summary>Sends these bytes in one binary frame.</summary>
    public Task SendAsync(params byte[] mqtt) => Raw.SendAsync(WebSocketFrame.Binary(mqtt));

    public async Task ExpectConnAckAsync(MqttVersion version)
    {
        var frame = await ReadPacketAsync();
        Assert.Equal(PacketType.ConnAck, frame.Type);
        Assert.Equal(Reason.Success, frame.ToConnAck(version).ReasonCode);
    }

    /// <summary>The next packet, out of as many frames as it takes; each must be binary.</summary>
    public async Task<Frame> ReadPacketAsync()
    {
        var first = await NextByteAsync();
        var length = 0;
        for (var shift = 0; ; shift += 7)
        {
            var digit = await NextByteAsync();
            length |= (digit & 0x7F) << shift;
            if ((digit & 0x80) == 0)
                break;
        }

        var body = new byte[length];
        for (var i = 0; i < length; i++)
            body[i] = await NextByteAsync();
        return new Frame(first, body, TimeProvider.System.GetTimestamp());
    }

    public async Task ExpectDisconnectAsync(byte reason)
    {
        var packet = await ReadPacketAsync();
        Assert.Equal(PacketType.Disconnect, packet.Type);
        Assert.Equal(reason, packet.ToDisconnect().ReasonCode);
    }

    public async Task PingAsync()
    {
        await SendAsync(Packet.PingReq);
        Assert.Equal(PacketType.PingResp, (await ReadPacketAsync()).Type);
    }

    /// <summary>The close frame comes next; after this side's own the broker closes the network connection.</summary>
    public async Task ExpectCloseAsync(int status)
    {
        Assert.Empty(_received);
        var frame = await Raw.ReadFrameAsync();
        Assert.Equal(Opcode.Close, frame?.Opcode);
        Assert.Equal(status, frame!.CloseStatus);
        await Raw.SendAsync(frame);
        Assert.Null(await Raw.ReadFrameAsync());
    }

    public ValueTask DisposeAsync() => Raw.DisposeAsync();

    private async Task<byte> NextByteAsync()
    {
        while (_received.Count == 0)
        {
            var frame = await Raw.ReadFrameAsync() ?? throw new UnexpectedFrameException("the broker closed the connection");
            if (frame.Opcode != Opcode.Binary)
                throw new UnexpectedFrameException($"a frame of {frame.Opcode}, status {frame.CloseStatus}");
            foreach (var each in frame.Payload)
                _received.Enqueue(each);
        }

        return _received.Dequeue();
    }
}
