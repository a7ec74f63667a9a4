using System.Net.Sockets;
using OrleansBroker.TestKit.WebSockets;

namespace OrleansBroker.TestKit;

/// <summary>The bytes of MQTT to and from a broker, over whatever its endpoint says.</summary>
public static class ClientStream
{
    // TCP_MAXSEG of Linux' <netinet/tcp.h>, and the segment that every host must take.
    private const int TcpLevel = 6;
    private const int MaximumSegment = 2;
    private const int SmallSegmentBytes = 536;

    private static int _lastSeed;

    /// <summary>Opens the network connection and sends no byte of MQTT.</summary>
    /// <param name="receiveBufferBytes">Of the socket; 0 for the system's.</param>
    public static async Task<(Socket Socket, Stream Stream)> OpenAsync(Endpoint endpoint, MqttVersion version, int receiveBufferBytes = 0)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (receiveBufferBytes > 0)
                KeepSmall(socket, receiveBufferBytes);
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

    /// <summary>The sender's system sizes its buffer by the receiver's segments: on loopback 2.5 MiB, with small ones some 64 KiB.</summary>
    private static void KeepSmall(Socket socket, int receiveBufferBytes)
    {
        socket.ReceiveBufferSize = receiveBufferBytes;
        if (OperatingSystem.IsLinux())
            socket.SetRawSocketOption(TcpLevel, MaximumSegment, BitConverter.GetBytes(SmallSegmentBytes));
    }
}
