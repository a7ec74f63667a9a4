using System.Text;
using OrleansBroker.Soak.Tests.Model;

namespace OrleansBroker.Soak.Tests;

/// <summary>A difference with all that is known of its message and its session.</summary>
internal static class History
{
    private const int CopiesAround = 6;

    public static string Of(Difference difference, int seed)
    {
        var text = new StringBuilder().AppendLine($"DIFFERENCE (seed {seed}) {difference}");
        if (difference.Message is { } message)
            text.AppendLine($"  {message}");
        if (difference.Session is { } session)
            Append(text, session, difference.Message);
        return text.ToString();
    }

    private static void Append(StringBuilder text, SessionRecord session, Message? message)
    {
        text.AppendLine($"  {session}");
        foreach (var connection in session.Connections)
        {
            text.AppendLine($"    connection {connection.Number}: opened {connection.Opened}, {(connection.IsPrompt ? "prompt" : "slow")}, {connection.Ending} {Stamps.Text(connection.CloseBegin)}, {connection.Copies.Count} copies");
            var at = connection.Copies.FindIndex(copy => copy.MessageId == message?.Id);
            if (at < 0)
                continue;
            foreach (var copy in connection.Copies.Skip(at - CopiesAround).Take(2 * CopiesAround))
                text.AppendLine($"      {copy}");
        }

        foreach (var timeline in session.Filters.Values.Where(timeline => message is null || IsAbout(timeline, message)))
        {
            foreach (var step in timeline.Steps)
                text.AppendLine($"    {timeline.Text}: {step.When} {(step.Grant is null ? "ended" : step.Grant.ToString())}{(step.IsCertain ? "" : " unanswered")}");
        }
    }

    private static bool IsAbout(FilterTimeline timeline, Message message) =>
        TopicFilters.Matches(timeline.Text.StartsWith("$share/", StringComparison.Ordinal) ? timeline.Text.Split('/', 3)[2] : timeline.Text, message.Topic);
}
