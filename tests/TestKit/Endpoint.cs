using System.Globalization;

namespace OrleansBroker.TestKit;

/// <summary>Where a broker listens, and for what.</summary>
public sealed record Endpoint(string Host, int Port, TransportKind Transport = TransportKind.Tcp)
{
    /// <summary>Reads <c>host:port</c>, the host of an IPv6 address in brackets.</summary>
    public static Endpoint Parse(string text, TransportKind transport = TransportKind.Tcp)
    {
        var colon = text.LastIndexOf(':');
        return new Endpoint(text[..colon].Trim('[', ']'), int.Parse(text[(colon + 1)..], CultureInfo.InvariantCulture), transport);
    }

    public string PortText => Port.ToString(CultureInfo.InvariantCulture);
}
