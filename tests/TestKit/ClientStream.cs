using System.Net.Sockets;
using OrleansBroker.TestKit.WebSockets;

namespace OrleansBroker.TestKit;

/// <summary>The bytes of MQTT to and from a broker, over whatever its endpoint says.</summary>
public static class ClientStream
{
    private static int _lastSeed;

    /// <summary>Opens the network connection and sends no byte of MQTT.</summary>
    /// <param name="receiveBufferBytes">Of the socket; 0 for the system's.</param>
    public static async Task<(Socket Socket, Stream Stream)> OpenAsync(Endpoint endpoint, MqttVersion version, int receiveBufferBytes = 0)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (receiveBufferBytes > 0)
                socket.ReceiveBufferSize = receiveBufferBytes;
            await socket.ConnectAsync(endpoint.Host, endpoint.Port).WaitAsync(RawClient.DefaultTimeout, TimeProvider.System);
            return (socket, endpoint.Transport == TransportKind.WebSocket
                ? await WebSocketStream.OpenAsync(socket, endpoint, version, Interlocked.Increment(ref _lastSeed))
                : new NetworkStream(socket, ownsSocket: true));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
