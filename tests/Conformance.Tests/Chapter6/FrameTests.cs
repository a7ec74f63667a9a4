using System.Net.Sockets;
using OrleansBroker.TestKit;
using OrleansBroker.TestKit.WebSockets;

namespace OrleansBroker.Conformance.Tests.Chapter6;

/// <summary>MQTT's bytes in a WebSocket's frames: binary ones, which begin and end anywhere.</summary>
public sealed class FrameTests(BrokerFixture broker)
{
    private const int ProtocolError = 1002;

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-6.0.0-1")]
    [Spec("MQTT5-6.0.0-2")]
    [Spec("MQTT311-6.0.0-1")]
    [Spec("MQTT311-6.0.0-2")]
    public async Task Packets_AFrameForEachByte_AreWhole(MqttVersion version)
    {
        await using var socket = await MqttWebSocket.OpenAsync(broker.WebSocket);
        await ConverseAsync(socket, version, async bytes =>
        {
            foreach (var each in bytes)
                await socket.SendAsync(each);
        });
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-6.0.0-2")]
    [Spec("MQTT311-6.0.0-2")]
    public async Task Packets_AllInOneFrame_AreAllHandled(MqttVersion version)
    {
        await using var socket = await MqttWebSocket.OpenAsync(broker.WebSocket);
        await ConverseAsync(socket, version, bytes => socket.SendAsync(bytes));
    }

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V50)]
    [Spec("MQTT5-6.0.0-2")]
    [Spec("MQTT311-6.0.0-2")]
    public async Task Packets_InAFragmentedMessage_AreWholeAndThePingBetweenIsAnswered(MqttVersion version)
    {
        await using var socket = await MqttWebSocket.OpenAsync(broker.WebSocket);
        await ConverseAsync(socket, version, async bytes =>
        {
            await socket.Raw.SendAsync(new WebSocketFrame(Opcode.Binary, bytes[..7], IsFinal: false));
            await socket.Raw.SendAsync(new WebSocketFrame(Opcode.Continuation, [], IsFinal: false));
            await socket.Raw.SendAsync(WebSocketFrame.Ping(1, 2, 3));
            var pong = await socket.Raw.ReadFrameAsync();
            Assert.Equal(Opcode.Pong, pong?.Opcode);
            Assert.Equal([1, 2, 3], pong!.Payload);
            await socket.Raw.SendAsync(new WebSocketFrame(Opcode.Pong, [9]));
            await socket.Raw.SendAsync(new WebSocketFrame(Opcode.Continuation, bytes[7..20], IsFinal: false));
            await socket.Raw.SendAsync(new WebSocketFrame(Opcode.Continuation, bytes[20..]));
        });
    }

    [Theory]
    [InlineData(MqttVersion.V311, "text")]
    [InlineData(MqttVersion.V50, "text")]
    [InlineData(MqttVersion.V50, "")]
    [Spec("MQTT5-6.0.0-1")]
    [Spec("MQTT311-6.0.0-1")]
    public async Task TextFrame_OfAConnectedClient_ClosesTheConnection(MqttVersion version, string text)
    {
        const int UnsupportedData = 1003;
        await using var socket = await MqttWebSocket.ConnectAsync(broker.WebSocket, version);
        await socket.Raw.SendAsync(new WebSocketFrame(Opcode.Text, System.Text.Encoding.UTF8.GetBytes(text)));
        if (version == MqttVersion.V50)
            await socket.ExpectDisconnectAsync(Reason.ProtocolError);
        await socket.ExpectCloseAsync(UnsupportedData);
    }

    [Fact]
    [Spec("MQTT5-6.0.0-1")]
    [Spec("MQTT311-6.0.0-1")]
    public async Task TextFrame_WithAWholeConnect_IsNotTakenForOne()
    {
        await using var socket = await MqttWebSocket.OpenAsync(broker.WebSocket);
        await socket.Raw.SendAsync(new WebSocketFrame(Opcode.Text, new ConnectRequest(MqttVersion.V311, Unique.ClientId()).ToBytes()));
        await socket.ExpectCloseAsync(1003);
    }

    /// <summary>What RFC 6455 forbids.</summary>
    public static TheoryData<string, byte[]> Broken => new()
    {
        { "unmasked", WebSocketFrame.Binary([.. Packet.PingReq, .. Packet.PingReq]).ToUnmaskedBytes() },
        { "reserved bit", Changed(WebSocketFrame.Binary(Packet.PingReq), first: 0xC2) },
        { "unknown opcode", Changed(WebSocketFrame.Binary(Packet.PingReq), first: 0x83) },
        { "unknown control opcode", Changed(WebSocketFrame.Binary(Packet.PingReq), first: 0x8B) },
        { "long ping", WebSocketFrame.Ping(new byte[126]).ToBytes() },
        { "fragmented ping", new WebSocketFrame(Opcode.Ping, [], IsFinal: false).ToBytes() },
        { "continuation of nothing", new WebSocketFrame(Opcode.Continuation, Packet.PingReq).ToBytes() },
        { "message within a message", [.. new WebSocketFrame(Opcode.Binary, [], IsFinal: false).ToBytes(), .. WebSocketFrame.Binary(Packet.PingReq).ToBytes()] },
        { "length of more than 63 bits", WebSocketFrame.HeaderOf(Opcode.Binary, -1) },
        { "close frame of one byte", new WebSocketFrame(Opcode.Close, [3]).ToBytes() },
        { "close status that is none", WebSocketFrame.Close(999).ToBytes() },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task Frame_ThatBreaksTheProtocol_ClosesThisConnectionAlone(string what, byte[] bytes)
    {
        await using var other = await MqttWebSocket.ConnectAsync(broker.WebSocket, MqttVersion.V50);
        await using var socket = await MqttWebSocket.ConnectAsync(broker.WebSocket, MqttVersion.V50);
        await socket.PingAsync();
        await socket.Raw.SendAsync(bytes);
        await ExpectFailedAsync(socket.Raw, what);
        await other.PingAsync();
    }

    // Nobody holds a terabyte: the packets in it are handled as they come.
    [Fact]
    [Spec("MQTT5-6.0.0-2")]
    [Spec("MQTT311-6.0.0-2")]
    public async Task Frame_OfATerabyte_IsReadAsItComes()
    {
        const int Count = 64 * 1024;
        await using var socket = await MqttWebSocket.ConnectAsync(broker.WebSocket, MqttVersion.V50);
        await socket.Raw.SendAsync(WebSocketFrame.HeaderOf(Opcode.Binary, 1L << 40));
        var sending = socket.Raw.SendAsync(Enumerable.Repeat(Packet.PingReq, Count).SelectMany(each => each).ToArray());
        // The last piece may be less than a read takes.
        for (var i = 0; i < Count / 2; i++)
            Assert.Equal(PacketType.PingResp, (await socket.ReadPacketAsync()).Type);
        await sending;
    }

    [Fact]
    public async Task Answers_ToOneFrame_ComeInOneFrame()
    {
        await using var socket = await MqttWebSocket.ConnectAsync(broker.WebSocket, MqttVersion.V311);
        await socket.SendAsync([.. Packet.PingReq, .. Packet.PingReq, .. Packet.PingReq]);
        Assert.Equal([0xD0, 0, 0xD0, 0, 0xD0, 0], (await socket.Raw.ReadFrameAsync())?.Payload);
    }

    /// <summary>CONNECT to a message that comes back, in two goes, as nothing is delivered before SUBACK.</summary>
    private static async Task ConverseAsync(MqttWebSocket socket, MqttVersion version, Func<byte[], Task> send)
    {
        var topic = Unique.Topic();
        await send([.. new ConnectRequest(version, Unique.ClientId()).ToBytes(), .. Packet.Subscribe(version, 1, [(topic, 1)])]);
        await socket.ExpectConnAckAsync(version);
        Assert.Equal(PacketType.SubAck, (await socket.ReadPacketAsync()).Type);

        await send([.. Packet.Publish(version, topic, [.. "payload"u8], qos: 1, packetIdentifier: 2), .. Packet.PingReq]);
        var packets = new[] { await socket.ReadPacketAsync(), await socket.ReadPacketAsync(), await socket.ReadPacketAsync() };
        Assert.Equal("payload", packets.Single(packet => packet.Type == PacketType.Publish).ToPublish(version).Text);
        Assert.Equal(2, packets.Single(packet => packet.Type == PacketType.PubAck).ToAck(version).PacketIdentifier);
        Assert.Single(packets, packet => packet.Type == PacketType.PingResp);
    }

    /// <summary>The connection fails (RFC 6455, section 7.1.7): a close frame may come, and the end of the network connection may be a reset that takes it along.</summary>
    private static async Task ExpectFailedAsync(RawWebSocket socket, string what)
    {
        try
        {
            if (await socket.ReadFrameAsync() is not { } frame)
                return;
            Assert.True(frame.Opcode == Opcode.Close, what);
            Assert.Equal(ProtocolError, frame.CloseStatus);
            Assert.Null(await socket.ReadFrameAsync());
        }
        catch (IOException cut) when (cut.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            // An end too.
        }
    }

    private static byte[] Changed(WebSocketFrame frame, byte first)
    {
        var bytes = frame.ToBytes();
        bytes[0] = first;
        return bytes;
    }
}
