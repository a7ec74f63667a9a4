using System.Net;

namespace OrleansBroker.Api.Sessions;

/// <summary>The IP address of a connection in requests.</summary>
internal static class AddressText
{
    /// <summary>As sessions have it; null when it is none. An IPv4 address of a connection is never told as one of IPv6.</summary>
    public static string? Parse(string text)
    {
        if (!IPAddress.TryParse(text, out var address))
            return null;
        return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
    }
}
