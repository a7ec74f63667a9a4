using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace OrleansBroker.Grains.Hosting;

/// <summary>The port at which a silo talks to others.</summary>
public static class SiloPort
{
    private const int FirstPort = 20_000;
    private const int EndPort = 32_768;

    /// <summary>
    /// A free port below those that systems give to outgoing connections (Linux from 32,768): between this look and the silo's own binding no connection of a busy
    /// machine takes it. If a hundred tries find none, one that the system gives.
    /// </summary>
    /// <exception cref="SocketException">The address is not of this machine.</exception>
    public static int Free(IPAddress address)
    {
        const int Tries = 100;
        for (var i = 0; i < Tries; i++)
        {
            var port = RandomNumberGenerator.GetInt32(FirstPort, EndPort);
            if (IsFree(address, port)) return port;
        }

        return Bind(address, 0);
    }

    /// <summary>The port is taken, or the address not of this machine.</summary>
    /// <exception cref="SocketException"/>
    public static int Bind(IPAddress address, int port)
    {
        using var probe = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(address, port));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }

    private static bool IsFree(IPAddress address, int port)
    {
        try
        {
            Bind(address, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
