using System.Net;
using System.Net.Sockets;
using OrleansBroker.Silo.Options;

namespace OrleansBroker.Silo.Listening;

/// <summary>All addresses of the options, bound before anything else starts: a port in use ends the program at once, with the option's name, and
/// port 0 is a real port from here on. Nobody is let in until the transports listen.</summary>
internal sealed class BoundListeners : IDisposable
{
    private readonly List<BoundListener> _all = [];

    /// <summary>In the order of the ready line.</summary>
    public IReadOnlyList<BoundListener> All => _all;

    /// <exception cref="ListenerFailedException">An address is in use, not of this machine, or not permitted.</exception>
    public static BoundListeners Bind(BrokerOptions options)
    {
        var bound = new BoundListeners();
        try
        {
            bool hasIPv6 = HasIPv6();
            foreach (var listener in Listener.All(options))
            {
                foreach (var endpoint in listener.Address.Resolve(hasIPv6))
                    bound._all.Add(BoundListener.Bind(listener, endpoint));
            }
            return bound;
        }
        catch
        {
            bound.Dispose();
            throw;
        }
    }

    public IEnumerable<BoundListener> Of(string name) => _all.Where(bound => bound.Listener.Name == name);

    /// <summary>The socket that is bound to an address, listening.</summary>
    public Socket Listen(EndPoint endpoint) => _all.First(bound => bound.EndPoint.Equals(endpoint)).Listen();

    public void Dispose() => _all.ForEach(bound => bound.Dispose());

    // A container may have the address family and no address of it.
    private static bool HasIPv6()
    {
        if (!Socket.OSSupportsIPv6)
            return false;
        try
        {
            using var probe = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            probe.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
