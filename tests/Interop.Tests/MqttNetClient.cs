using System.Buffers;
using System.Text;
using System.Threading.Channels;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using OrleansBroker.TestKit;

namespace OrleansBroker.Interop.Tests;

/// <summary>An MQTTnet client with a queue of what it received.</summary>
internal sealed class MqttNetClient : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    private readonly Channel<MqttApplicationMessage> _received = Channel.CreateUnbounded<MqttApplicationMessage>();

    private MqttNetClient(IMqttClient client)
    {
        Client = client;
        client.ApplicationMessageReceivedAsync += received =>
        {
            _received.Writer.TryWrite(received.ApplicationMessage);
            return Task.CompletedTask;
        };
    }

    public IMqttClient Client { get; }

    public static async Task<MqttNetClient> ConnectAsync(
        Endpoint broker,
        MqttVersion version,
        Action<MqttClientOptionsBuilder>? configure = null)
    {
        var options = new MqttClientOptionsBuilder();
        options = broker.Transport == TransportKind.WebSocket
            ? options.WithWebSocketServer(server => server.WithUri($"ws://{broker.Host}:{broker.PortText}/mqtt"))
            : options.WithTcpServer(broker.Host, broker.Port);
        options
            .WithProtocolVersion((MqttProtocolVersion)(int)version)
            .WithClientId(Unique.ClientId())
            .WithCleanStart()
            .WithTimeout(Timeout);
        configure?.Invoke(options);
        var client = new MqttNetClient(new MqttClientFactory().CreateMqttClient());
        await client.Client.ConnectAsync(options.Build());
        return client;
    }

    public async Task SubscribeAsync(string filter, int qos) =>
        await Client.SubscribeAsync(filter, (MqttQualityOfServiceLevel)qos);

    public async Task PublishAsync(string topic, string payload, int qos, bool retain = false) =>
        await PublishAsync(new MqttApplicationMessageBuilder()
            .WithTopic(topic)
            .WithPayload(payload)
            .WithQualityOfServiceLevel((MqttQualityOfServiceLevel)qos)
            .WithRetainFlag(retain)
            .Build());

    public async Task PublishAsync(MqttApplicationMessage message)
    {
        var result = await Client.PublishAsync(message);
        Assert.True(result.IsSuccess, result.ReasonString);
    }

    public async Task<MqttApplicationMessage> ReceiveAsync() =>
        await _received.Reader.ReadAsync().AsTask().WaitAsync(Timeout, TimeProvider.System);

    public async Task<string> ReceiveTextAsync() => Encoding.UTF8.GetString((await ReceiveAsync()).Payload.ToArray());

    /// <summary>DISCONNECT, then the end.</summary>
    public async Task DisconnectAsync()
    {
        await Client.DisconnectAsync();
        Client.Dispose();
    }

    /// <summary>The end without DISCONNECT.</summary>
    public ValueTask DisposeAsync()
    {
        Client.Dispose();
        return ValueTask.CompletedTask;
    }
}
