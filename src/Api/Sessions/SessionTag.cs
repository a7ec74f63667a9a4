using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using OrleansBroker.Api.Frame;
using OrleansBroker.Grains.Sessions.Commands;

namespace OrleansBroker.Api.Sessions;

/// <summary>A session's ETag: another one after each CONNECT, and of each session. <c>"incarnation-epoch"</c>, opaque to clients.</summary>
internal static class SessionTag
{
    public static string Of(SessionStamp stamp) => string.Create(CultureInfo.InvariantCulture, $"\"{stamp.Incarnation}-{stamp.Epoch}\"");

    /// <summary>What If-Match asks for; null for any session.</summary>
    /// <exception cref="ApiProblemException">It is no ETag of a session: none can match.</exception>
    public static SessionStamp? Expected(HttpRequest request)
    {
        string given = request.Headers.IfMatch.ToString().Trim();
        if (given.Length == 0 || given == "*")
            return null;
        if (TryParse(given, out var stamp))
            return stamp;
        throw EntityTagHeaderValue.TryParse(given, out _)
            ? ApiProblem.SessionChanged.Because("If-Match is no ETag that a session of this broker can have.")
            : ApiProblem.BadRequest.Because("If-Match must be one ETag, or *.");
    }

    private static bool TryParse(string tag, out SessionStamp stamp)
    {
        stamp = default;
        if (tag.Length < 2 || tag[0] != '"' || tag[^1] != '"')
            return false;
        string[] parts = tag[1..^1].Split('-');
        if (parts.Length != 2 || !TryNumber(parts[0], out long incarnation) || !TryNumber(parts[1], out long epoch))
            return false;
        stamp = new(incarnation, epoch);
        return true;
    }

    private static bool TryNumber(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
