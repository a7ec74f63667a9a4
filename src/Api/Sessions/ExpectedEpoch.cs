using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using OrleansBroker.Api.Frame;
using OrleansBroker.Grains.Sessions.Commands;

namespace OrleansBroker.Api.Sessions;

/// <summary>
/// Which session a command is for, by If-Match: its epoch in quotes, <c>"7"</c>; or, as another session of the client id may have the same epoch, the incarnation that events
/// tell before it, <c>"1930000000000000000-7"</c>.
/// </summary>
internal static class ExpectedEpoch
{
    /// <returns>Null for any session.</returns>
    /// <exception cref="ApiProblemException">No session can have it.</exception>
    public static SessionStamp? Of(HttpRequest request)
    {
        string given = request.Headers.IfMatch.ToString().Trim();
        if (given.Length == 0 || given == "*")
            return null;
        if (TryParse(given, out var stamp))
            return stamp;
        throw EntityTagHeaderValue.TryParse(given, out _)
            ? ApiProblem.SessionChanged.Because("If-Match has no epoch of a session.")
            : ApiProblem.BadRequest.Because("If-Match must be one epoch in quotes, or *.");
    }

    private static bool TryParse(string tag, out SessionStamp stamp)
    {
        stamp = default;
        if (tag.Length < 2 || tag[0] != '"' || tag[^1] != '"')
            return false;
        string[] parts = tag[1..^1].Split('-');
        long incarnation = SessionStamp.AnyIncarnation;
        if (parts.Length > 2 || (parts.Length == 2 && !TryNumber(parts[0], out incarnation)) || !TryNumber(parts[^1], out long epoch))
            return false;
        stamp = new(incarnation, epoch);
        return true;
    }

    private static bool TryNumber(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
