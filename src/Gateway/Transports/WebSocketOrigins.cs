using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace OrleansBroker.Gateway.Transports;

/// <summary>
/// Which web pages may open a WebSocket. A browser opens one to any address and names the page's origin; without this check every page could reach a broker
/// on its reader's machine, which welcomes clients from there.
/// </summary>
/// <param name="allowed">Origins such as <c>https://example.com</c>, or <c>*</c> for any; empty for loopback's and the broker's own.</param>
internal sealed class WebSocketOrigins(IReadOnlyList<string> allowed)
{
    private const string Any = "*";
    private const string LocalHost = "localhost";

    private readonly HashSet<string> _allowed = allowed.Select(origin => Normal(origin) ?? origin).ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <param name="origins">The Origin header's values; none for what is no web page.</param>
    /// <param name="host">The Host header.</param>
    /// <param name="isLocal">Whether the request came from this machine.</param>
    public bool IsAllowed(StringValues origins, HostString host, bool isLocal)
    {
        if (origins.Count == 0 || _allowed.Contains(Any))
            return true;
        if (origins is not [{ } text] || Normal(text) is not { } origin)
            return false;
        if (_allowed.Count > 0)
            return _allowed.Contains(origin);

        var page = new Uri(origin).DnsSafeHost;
        // Not for a local request: a page can have its own name resolved to loopback, and then it is the Host too.
        return IsLoopback(page) || (!isLocal && page.Equals(host.Host.Trim('[', ']'), StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Scheme, host, and port where it is not the scheme's; null for what is no origin, as "null" of a page without one.</summary>
    private static string? Normal(string origin)
    {
        if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
            return null;
        return uri.UserInfo.Length == 0 && uri.PathAndQuery is "/" or "" && uri.Fragment.Length == 0 ? uri.GetLeftPart(UriPartial.Authority) : null;
    }

    private static bool IsLoopback(string host) =>
        host.Equals(LocalHost, StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
