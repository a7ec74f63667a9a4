namespace OrleansBroker.Soak.Tests.Model;

/// <summary>A will comes soon after it is due, to who was there and took everything at once. That it does not come before needs no check of its own.</summary>
internal static class WillTimeCheck
{
    /// <summary>On top of <see cref="Stamps.Grace"/>, for what stands in line before it.</summary>
    private const long Late = 5 * Stamps.Second;

    public static void Run(SessionRecord session, IReadOnlyDictionary<long, Message> messages, List<Difference> differences)
    {
        foreach (var connection in session.Connections.Where(connection => connection.IsPrompt))
        {
            foreach (var copy in connection.Copies.Where(copy => !copy.Delivery.Retain))
            {
                if (messages.TryGetValue(copy.MessageId, out var message) && message is { IsWill: true, Attempts: [var attempt, ..] } &&
                    connection.Opened.End < attempt.Begin && copy.Stamp > attempt.End + Late)
                    differences.Add(new Difference("a will came late", session, message, copy.ToString()));
            }
        }
    }
}
