using System.Net.Sockets;
using OrleansBroker.TestKit;
using OrleansBroker.TestKit.WebSockets;

namespace OrleansBroker.Conformance.Tests.Chapter6;

/// <summary>How a WebSocket ends, by whichever side, and what that means for the MQTT connection on it.</summary>
public sealed class ClosingTests(BrokerFixture broker)
{
    private const int NormalClosure = 1000;
    private const int GoingAway = 1001;
    private const int ProtocolError = 1002;
    private const int PolicyViolation = 1008;

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.1.2-8")]
    [Spec("MQTT311-3.1.2-8")]
    public async Task CloseFrame_WithoutDisconnect_IsAnsweredAndTheWillPublished(MqttVersion version)
    {
        await using var watcher = await WatchAsync(version, out var topic);
        await using var socket = await MqttWebSocket.ConnectAsync(broker.WebSocket, WithWill(version, topic));
        await socket.Raw.SendAsync(WebSocketFrame.Close(NormalClosure));
        var answer = await socket.Raw.ReadFrameAsync();
        Assert.Equal((Opcode.Close, NormalClosure), (answer!.Opcode, answer.CloseStatus));
        Assert.Null(await socket.Raw.ReadFrameAsync());
        Assert.Equal("lost", (await watcher.ReceiveAsync()).Text);
    }

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V50)]
    public async Task NetworkEnd_InTheMiddleOfAFrame_PublishesTheWill(MqttVersion version)
    {
        await using var watcher = await WatchAsync(version, out var topic);
        await using (var socket = await MqttWebSocket.ConnectAsync(broker.WebSocket, WithWill(version, topic)))
            await socket.Raw.SendAsync(WebSocketFrame.Binary(Packet.Publish(version, topic, new byte[100])).ToBytes().AsMemory(0, 50));
        Assert.Equal("lost", (await watcher.ReceiveAsync()).Text);
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.14.4-3")]
    [Spec("MQTT311-3.14.4-3")]
    public async Task Disconnect_ByTheClient_ClosesNormallyWithoutTheWill(MqttVersion version)
    {
        await using var watcher = await WatchAsync(version, out var topic);
        await using var socket = await MqttWebSocket.ConnectAsync(broker.WebSocket, WithWill(version, topic));
        await socket.SendAsync(Packet.Disconnect(version));
        await socket.ExpectCloseAsync(NormalClosure);
        await watcher.ExpectNothingAsync();
    }

    [Fact]
    public async Task Disconnect_CloseFrameNeverAnswered_IsCut()
    {
        await using var socket = await MqttWebSocket.ConnectAsync(broker.WebSocket, MqttVersion.V50);
        await socket.SendAsync(Packet.Disconnect(MqttVersion.V50));
        Assert.Equal(Opcode.Close, (await socket.Raw.ReadFrameAsync())?.Opcode);
        await ExpectEndAsync(socket.Raw);
    }

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V50)]
    [Spec("MQTT5-3.1.4-3")]
    [Spec("MQTT311-3.1.4-2")]
    public async Task Takeover_OfTheClientId_SaysSoAndCloses(MqttVersion version)
    {
        var request = new ConnectRequest(version, Unique.ClientId());
        await using var first = await MqttWebSocket.ConnectAsync(broker.WebSocket, request);
        await using var second = await MqttWebSocket.ConnectAsync(broker.WebSocket, request);
        if (version == MqttVersion.V50)
            await first.ExpectDisconnectAsync(Reason.SessionTakenOver);
        await first.ExpectCloseAsync(NormalClosure);
        await second.PingAsync();
    }

    [Fact]
    public async Task Violation_OfAClientThatStillSends_IsExplained()
    {
        await using var socket = await MqttWebSocket.ConnectAsync(broker.WebSocket, MqttVersion.V50);
        // A second CONNECT, and behind it far more than any buffer on the way holds.
        await socket.SendAsync(new ConnectRequest(MqttVersion.V50, Unique.ClientId()).ToBytes());
        for (var i = 0; i < 16; i++)
            await socket.SendAsync(new byte[256 * 1024]);
        await socket.ExpectDisconnectAsync(Reason.ProtocolError);
        await socket.ExpectCloseAsync(ProtocolError);
    }

    [Theory]
    [InlineData(MqttVersion.V311, (byte)2)]
    [InlineData(MqttVersion.V50, (byte)0x85)]
    public async Task Connect_Refused_IsAnsweredBeforeTheClose(MqttVersion version, byte reason)
    {
        await using var socket = await MqttWebSocket.OpenAsync(broker.WebSocket);
        await socket.SendAsync(new ConnectRequest(version, new string('x', 5_000)).ToBytes());
        Assert.Equal(reason, (await socket.ReadPacketAsync()).ToConnAck(version).ReasonCode);
        await socket.ExpectCloseAsync(PolicyViolation);
    }

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V50)]
    [Spec("MQTT5-3.1.2-22")]
    [Spec("MQTT311-3.1.2-24")]
    public async Task KeepAlive_OnlyPingsOfTheWebSocket_ClosesTheClient(MqttVersion version)
    {
        var start = TimeProvider.System.GetTimestamp();
        await using var socket = await MqttWebSocket.ConnectAsync(broker.WebSocket, new ConnectRequest(version, Unique.ClientId()) { KeepAlive = 1 });
        // The next ping goes when the last is answered, so that they never pile up; one after the close may be without an answer.
        WebSocketFrame? frame;
        do
        {
            await socket.Raw.SendAsync(WebSocketFrame.Ping(1));
            frame = await socket.Raw.ReadFrameAsync();
        }
        while (frame?.Opcode == Opcode.Pong);

        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(10));
        if (version == MqttVersion.V50)
            Assert.Equal((0xE0, Reason.KeepAliveTimeout), (frame!.Payload[0], frame.Payload[2]));
        else
            Assert.Equal(Opcode.Close, frame?.Opcode);
    }

    [Fact]
    public async Task Connect_NotInTime_ClosesTheWebSocket()
    {
        await using var socket = await MqttWebSocket.OpenAsync(broker.WebSocket);
        await socket.ExpectCloseAsync(PolicyViolation);
    }

    [Fact]
    public async Task Sigterm_WithAWebSocket_SaysSoAndGoesAway()
    {
        const byte ServerShuttingDown = 0x8B;
        await using var own = await OwnBroker.OwnBroker.StartAsync();
        await using var socket = await MqttWebSocket.ConnectAsync(own.WebSocket, MqttVersion.V50);
        await using var idle = await RawWebSocket.OpenAsync(own.WebSocket);
        var stopping = own.Process.StopAsync();
        await socket.ExpectDisconnectAsync(ServerShuttingDown);
        await socket.ExpectCloseAsync(GoingAway);
        Assert.Equal(0, await stopping);
    }

    private Task<RawClient> WatchAsync(MqttVersion version, out string topic)
    {
        var watched = topic = Unique.Topic();
        return SubscribeAsync();

        async Task<RawClient> SubscribeAsync()
        {
            var watcher = await broker.ConnectAsync(version);
            await watcher.SubscribeAsync(watched, 1);
            return watcher;
        }
    }

    private static ConnectRequest WithWill(MqttVersion version, string topic) =>
        new(version, Unique.ClientId()) { Will = new WillRequest(topic, [.. "lost"u8]) };

    private static async Task ExpectEndAsync(RawWebSocket socket)
    {
        try
        {
            Assert.Null(await socket.ReadFrameAsync());
        }
        catch (IOException cut) when (cut.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            // An end too.
        }
    }
}
