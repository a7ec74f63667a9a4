namespace OrleansBroker.Soak.Tests.Model;

/// <summary>What becomes of a will.</summary>
/// <param name="Window">When it is published; null when it must not be.</param>
/// <param name="IsCertain">False when both would be right.</param>
internal readonly record struct WillFate(Window? Window, bool IsCertain)
{
    private static readonly WillFate Never = new(null, IsCertain: true);

    /// <summary>By the end of its connection and by the next CONNECT of the client id, if there is one.</summary>
    /// <param name="next">CONNECT sent to CONNACK read; null: nobody came back.</param>
    /// <param name="isResumed">Session Present of that CONNACK.</param>
    public static WillFate Of(ConnectionEnd end, long delaySeconds, Window? next, bool isResumed)
    {
        // [MQTT5-3.1.2-10]
        if (!end.PublishesWill)
            return Never;

        // After the delay or with the session's end, whichever is first [MQTT5-3.1.3-9].
        var due = end.After(Math.Min(delaySeconds, end.ExpirySeconds));
        due = due with { End = Math.Max(due.End, end.When.End + Stamps.Grace) };
        if (next is not { } connect)
            return new WillFate(due, IsCertain: true);

        // A delay of 0 is over when the connection ends, be it by the takeover; and a new session has ended the old one.
        if (delaySeconds == 0 || !isResumed)
        {
            var begin = Math.Min(due.Begin, connect.Begin);
            return new WillFate(new Window(begin, Math.Max(begin, Math.Min(due.End, connect.End + Stamps.Grace))), IsCertain: true);
        }

        if (connect.IsBefore(due))
            return Never;
        return new WillFate(due, IsCertain: due.IsBefore(connect));
    }
}
