using System.Net;
using System.Net.Sockets;

namespace OrleansBroker.Silo.Options;

/// <summary>One address of a listener as it was written: <c>127.0.0.1:1883</c>, <c>[::1]:1883</c>, <c>*:1883</c> (every address of the machine) or
/// <c>localhost:1883</c> (both loopback addresses where there are two). Port 0 takes a free port.</summary>
internal sealed record ListenAddress(string Host, int Port)
{
    public const string Accepts = "ADDRESS:PORT, several separated by ';', such as 127.0.0.1:1883, [::1]:1883, localhost:0 (a free port), *:1883 (every address); empty is off";

    private const string Everywhere = "*";
    private const string LocalHost = "localhost";

    public static IReadOnlyList<ListenAddress> Loopback(int port) => [new("127.0.0.1", port)];

    /// <summary>True when only this machine can reach it.</summary>
    public bool IsLoopback => Host == LocalHost || (Host != Everywhere && IPAddress.IsLoopback(IPAddress.Parse(Host)));

    /// <summary>Reads one address. The port must be written.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ListenAddress? address)
    {
        address = null;
        text = text.Trim();
        int colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text[(colon + 1)..], System.Globalization.NumberStyles.None, null, out ushort port))
            return false;
        var host = text[..colon];
        if (host is Everywhere || host.Equals(LocalHost, StringComparison.OrdinalIgnoreCase))
        {
            address = new(host is Everywhere ? Everywhere : LocalHost, port);
            return true;
        }
        bool bracketed = host[0] == '[' && host[^1] == ']';
        if (!IPAddress.TryParse(bracketed ? host[1..^1] : host, out var ip) || bracketed != (ip.AddressFamily == AddressFamily.InterNetworkV6))
            return false;
        if (!bracketed && host.Count('.') != 3)
            return false; // IPAddress takes "1" and "127.1" for addresses; here they are slips.
        address = new(ip.ToString(), port);
        return true;
    }

    /// <summary>The sockets' addresses: two for localhost on a machine with both families (one if the port is to be chosen), otherwise one.</summary>
    /// <param name="hasIPv6">Whether IPv6 works on this machine.</param>
    public IReadOnlyList<IPEndPoint> Resolve(bool hasIPv6) => Host switch
    {
        // [::] takes IPv4 too (dual mode).
        Everywhere => [new(hasIPv6 ? IPAddress.IPv6Any : IPAddress.Any, Port)],
        LocalHost when hasIPv6 && Port != 0 => [new(IPAddress.Loopback, Port), new(IPAddress.IPv6Loopback, Port)],
        LocalHost => [new(IPAddress.Loopback, Port)],
        _ => [new(IPAddress.Parse(Host), Port)],
    };

    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
