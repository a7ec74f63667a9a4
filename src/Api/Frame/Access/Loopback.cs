using System.Net;
using Microsoft.AspNetCore.Http;

namespace OrleansBroker.Api.Frame.Access;

/// <summary>
/// Whether a request comes from this machine and means it. A browser can be made to send requests to loopback by any page that its user looks at: the page's
/// name can be resolved to 127.0.0.1 (then Host is that name) or the page posts there (then Origin is that page). A proxy on this machine shows in Host too.
/// </summary>
internal static class Loopback
{
    private const string LocalHost = "localhost";

    public static bool IsLocal(HttpContext context) =>
        IsLoopback(context.Connection.RemoteIpAddress) && IsLoopback(context.Connection.LocalIpAddress)
        && IsLoopback(context.Request.Host.Host) && context.Request.Headers.Origin.All(IsLoopbackOrigin);

    private static bool IsLoopbackOrigin(string? origin) => Uri.TryCreate(origin, UriKind.Absolute, out var uri) && IsLoopback(uri.DnsSafeHost);

    private static bool IsLoopback(string host) => host.Equals(LocalHost, StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static bool IsLoopback(IPAddress? address) => address is not null && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
}
