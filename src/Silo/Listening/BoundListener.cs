using System.Net;
using System.Net.Sockets;
using OrleansBroker.Silo.Options;

namespace OrleansBroker.Silo.Listening;

/// <summary>A socket bound to one address of a listener. It takes connections only when a transport calls <see cref="Listen"/>.</summary>
internal sealed class BoundListener(Listener listener, Socket socket) : IDisposable
{
    // Room for 10,000 devices that reconnect at once; the system lowers it to net.core.somaxconn (4,096 on today's Linux), and who finds no room tries again by TCP's own means.
    public const int Backlog = 16_384;

    public Listener Listener { get; } = listener;

    /// <summary>With the real port.</summary>
    public IPEndPoint EndPoint { get; } = (IPEndPoint)socket.LocalEndPoint!;

    public static BoundListener Bind(Listener listener, IPEndPoint endpoint)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (endpoint.Address.Equals(IPAddress.IPv6Any))
                socket.DualMode = true;
            socket.Bind(endpoint);
            var bound = new BoundListener(listener, socket);
            socket = null;
            return bound;
        }
        catch (SocketException e)
        {
            throw new ListenerFailedException(listener.OptionKey, endpoint, e);
        }
        finally
        {
            socket?.Dispose();
        }
    }

    /// <summary>Begins to take connections and gives the socket away; who calls it closes it.</summary>
    public Socket Listen()
    {
        try
        {
            // Linux lets two processes bind an address on which nobody listens: then the second fails here.
            socket.Listen(Backlog);
            return socket;
        }
        catch (SocketException e)
        {
            throw new ListenerFailedException(Listener.OptionKey, EndPoint, e);
        }
    }

    public void Dispose() => socket.Dispose();
}
