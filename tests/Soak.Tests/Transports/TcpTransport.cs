using System.Net.Sockets;
using OrleansBroker.TestKit;

namespace OrleansBroker.Soak.Tests.Transports;

/// <summary>MQTT over TCP.</summary>
internal sealed class TcpTransport(Endpoint endpoint) : Transport
{
    public override async Task<TransportStream> OpenAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endpoint.Host, endpoint.Port);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        return new TransportStream(new NetworkStream(socket, ownsSocket: true), () => socket.Close(timeout: 0));
    }
}
