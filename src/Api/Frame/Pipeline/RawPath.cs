using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace OrleansBroker.Api.Frame.Pipeline;

/// <summary>
/// Makes the path what the client sent. The server decodes a path, but for %2F, before it is routed, so that <c>a%2Fb</c> and <c>a%252Fb</c> become the same; and it removes
/// dot segments, whether they are encoded or not. Routes match the raw path instead, and <see cref="PathText"/> decodes what a parameter holds.
/// </summary>
internal static class RawPath
{
    private const string SchemeEnd = "://";

    /// <summary>Sets the path from the request target; comes before routing.</summary>
    public static void Restore(HttpContext context)
    {
        string target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var path = PathOf(target);
        if (!path.IsEmpty && path[0] == '/')
            context.Request.Path = new PathString(path.ToString());
    }

    /// <summary>True when a segment is <c>.</c> or <c>..</c>, in any encoding: whatever stands between client and broker may remove it, with the segment before it.</summary>
    public static bool HasDots(ReadOnlySpan<char> path)
    {
        foreach (var range in path.Split('/'))
        {
            var segment = path[range];
            int dots = 0;
            while (!segment.IsEmpty)
            {
                int length = segment[0] == '.' ? 1 : segment.StartsWith("%2e", StringComparison.OrdinalIgnoreCase) ? 3 : 0;
                if (length == 0)
                    break;
                segment = segment[length..];
                dots++;
            }
            if (segment.IsEmpty && dots is 1 or 2)
                return true;
        }
        return false;
    }

    // Origin form is /path?query; absolute form, which proxies send, http://host/path?query.
    private static ReadOnlySpan<char> PathOf(ReadOnlySpan<char> target)
    {
        int query = target.IndexOf('?');
        if (query >= 0)
            target = target[..query];
        if (target.IsEmpty || target[0] == '/')
            return target;
        int scheme = target.IndexOf(SchemeEnd, StringComparison.Ordinal);
        if (scheme < 0)
            return default;
        target = target[(scheme + SchemeEnd.Length)..];
        int slash = target.IndexOf('/');
        return slash < 0 ? "/" : target[slash..];
    }
}
