using System.Net.Sockets;
using System.Text;
using OrleansBroker.TestKit;
using OrleansBroker.TestKit.WebSockets;

namespace OrleansBroker.Conformance.Tests.Chapter6;

/// <summary>How a WebSocket for MQTT is opened, and what is not one.</summary>
public sealed class HandshakeTests(BrokerFixture broker)
{
    private const int BadRequest = 400;
    private const int NotFound = 404;
    private const int MethodNotAllowed = 405;
    private const int UpgradeRequired = 426;

    [Theory]
    [InlineData("mqtt", "mqtt", MqttVersion.V50)]
    [InlineData("mqtt", "mqtt", MqttVersion.V311)]
    [InlineData("mqtt", "mqtt", MqttVersion.V31)]
    [InlineData("mqttv3.1", "mqttv3.1", MqttVersion.V31)]
    [InlineData("mqttv3.1, mqtt", "mqtt", MqttVersion.V311)]
    [InlineData("chat,mqtt", "mqtt", MqttVersion.V50)]
    [Spec("MQTT5-6.0.0-3")]
    [Spec("MQTT5-6.0.0-4")]
    [Spec("MQTT311-6.0.0-3")]
    [Spec("MQTT311-6.0.0-4")]
    public async Task Handshake_MqttOffered_IsSelectedAndServed(string offered, string selected, MqttVersion version)
    {
        await using (var raw = await RawWebSocket.OpenAsync(broker.WebSocket))
        {
            var answer = await raw.HandshakeAsync(broker.WebSocket, offered);
            Assert.True(answer.IsOpen);
            Assert.Equal(selected, answer.Subprotocol);
        }

        await using var socket = await MqttWebSocket.OpenAsync(broker.WebSocket, offered);
        await socket.SendAsync(new ConnectRequest(version, Unique.ClientId()).ToBytes());
        await socket.ExpectConnAckAsync(version);
        await socket.PingAsync();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("chat")]
    [InlineData("MQTT")]
    [InlineData("mqtt5, mqttv5")]
    [Spec("MQTT5-6.0.0-3")]
    [Spec("MQTT311-6.0.0-3")]
    public async Task Handshake_MqttNotOffered_IsRefusedWithTheReason(string? offered)
    {
        await using var raw = await RawWebSocket.OpenAsync(broker.WebSocket);
        await ExpectProblemAsync(() => raw.HandshakeAsync(broker.WebSocket, offered), BadRequest, "Sec-WebSocket-Protocol");
    }

    [Fact]
    public async Task Handshake_CompressionOffered_IsNotTaken()
    {
        await using var raw = await RawWebSocket.OpenAsync(broker.WebSocket);
        var answer = await raw.HandshakeAsync(broker.WebSocket, headers: "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits");
        Assert.True(answer.IsOpen);
        Assert.DoesNotContain("Sec-WebSocket-Extensions", answer.Headers.Keys);
    }

    [Theory]
    [InlineData("Upgrade:")]
    [InlineData("Connection: keep-alive")]
    [InlineData("Sec-WebSocket-Version: 12")]
    [InlineData("Sec-WebSocket-Key: short")]
    public async Task Request_NoHandshakeOfVersion13_IsToldToUpgrade(string header)
    {
        await using var raw = await RawWebSocket.OpenAsync(broker.WebSocket);
        var answer = await ExpectProblemAsync(() => raw.HandshakeAsync(broker.WebSocket, headers: header), UpgradeRequired, "MQTT over WebSocket");
        Assert.Equal("websocket", answer.Headers["Upgrade"]);
        Assert.Equal("13", answer.Headers["Sec-WebSocket-Version"]);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/mqtt/")]
    [InlineData("/MQTT")]
    [InlineData("/health/live")]
    public async Task Request_AnotherPath_IsNotFound(string path)
    {
        await using var raw = await RawWebSocket.OpenAsync(broker.WebSocket);
        await ExpectProblemAsync(() => raw.HandshakeAsync(broker.WebSocket, target: path), NotFound, "/mqtt");
    }

    [Fact]
    public async Task Request_AnotherMethod_IsNotAllowed()
    {
        await using var raw = await RawWebSocket.OpenAsync(broker.WebSocket);
        await raw.SendAsync(Encoding.ASCII.GetBytes("POST /mqtt HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"));
        Assert.Equal("GET", (await ExpectProblemAsync(raw.ReadAnswerAsync, MethodNotAllowed, "GET")).Headers["Allow"]);
    }

    [Fact]
    public async Task Request_ToTheHttpListener_HasNoMqtt()
    {
        Assert.SkipWhen(BrokerProcess.IsForeign, "the test asks this broker's HTTP listener");
        await using var raw = await RawWebSocket.OpenAsync(broker.Http);
        Assert.Equal(NotFound, (await raw.HandshakeAsync(broker.Http, headers: "Connection: Upgrade, close")).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("GET /mqtt HTTP/1.1\r\nHost: localhost\r\nUpgrade: web")]
    public async Task Request_NotWholeInTime_IsClosed(string half)
    {
        await using var raw = await RawWebSocket.OpenAsync(broker.WebSocket);
        await raw.SendAsync(Encoding.ASCII.GetBytes(half));
        await ExpectEndAsync(raw.Socket);
    }

    private static async Task<HttpAnswer> ExpectProblemAsync(Func<Task<HttpAnswer>> request, int status, string said)
    {
        var answer = await request();
        Assert.Equal(status, answer.Status);
        Assert.Equal("application/problem+json", answer.Headers["Content-Type"]);
        Assert.Contains(said, answer.Body, StringComparison.Ordinal);
        return answer;
    }

    private static async Task ExpectEndAsync(Socket socket)
    {
        try
        {
            Assert.Equal(0, await socket.ReceiveAsync(new byte[1]).WaitAsync(RawClient.DefaultTimeout, TimeProvider.System));
        }
        catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset)
        {
            // An end too.
        }
    }
}
