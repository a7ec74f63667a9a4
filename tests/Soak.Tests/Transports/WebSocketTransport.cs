using System.Net.WebSockets;
using OrleansBroker.TestKit;

namespace OrleansBroker.Soak.Tests.Transports;

/// <summary>MQTT over WebSocket [MQTT5-6.0.0-1] to [MQTT5-6.0.0-4].</summary>
internal sealed class WebSocketTransport(Endpoint endpoint) : Transport
{
    public override async Task<TransportStream> OpenAsync()
    {
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.AddSubProtocol("mqtt");
            await socket.ConnectAsync(new Uri($"ws://{endpoint.Host}:{endpoint.PortText}/mqtt"), CancellationToken.None);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        return new TransportStream(WebSocketStream.Create(socket, WebSocketMessageType.Binary, ownsWebSocket: true), socket.Abort);
    }
}
