namespace OrleansBroker.Soak.Tests.Model;

/// <summary>One shared subscription: each message to one member, again only where a member's end gave it back (MQTT5 section 4.8.2).</summary>
internal sealed class SharedGroupCheck(string text, IReadOnlyList<SessionRecord> members, long roundEnd, List<Difference> differences)
{
    private readonly List<Grant?> _held = [];

    /// <param name="message">Matches the group's filter.</param>
    /// <param name="copies">Of the message, that this group's members received by this group.</param>
    public void Run(Message message, IReadOnlyList<(SessionRecord Session, Copy Copy)> copies)
    {
        foreach (var (session, copy) in copies)
            CheckMember(message, session, copy);
        CheckCount(message, copies);
        if (copies.Count == 0 && IsRequired(message))
            differences.Add(new Difference("no member got a shared message", null, message, $"{text}; members: {Members()}"));
    }

    private void CheckMember(Message message, SessionRecord session, Copy copy)
    {
        // It may have been offered again until it came.
        session.Timeline(text).CollectHeld(new Window(message.Attempts.Select(attempt => attempt.Begin).DefaultIfEmpty(Window.Never).Min(), copy.Stamp), _held);
        if (!_held.Exists(grant => grant is not null && Expected(message, grant) == copy.Delivery))
            differences.Add(new Difference("a shared copy that must not be", session, message, $"{text}: {copy}; held: {string.Join(" or ", _held)}"));
    }

    private void CheckCount(Message message, IReadOnlyList<(SessionRecord Session, Copy Copy)> copies)
    {
        // A QoS 1 message of a session that has ended goes on to another member unless it was acknowledged.
        var returned = copies.Count(each => each.Session.Ended is not null && each.Copy is { IsAcknowledged: false, Delivery.QoS: 1 });
        if (copies.Count > message.Attempts.Count + returned)
            differences.Add(new Difference("more than one member got a shared message", copies[^1].Session, message, $"{text}: {string.Join("; ", copies.Select(each => $"{each.Session} got {each.Copy}"))}"));
    }

    private bool IsRequired(Message message)
    {
        if (message.QoS == 0 || !message.Attempts.Exists(attempt => attempt.IsCertain))
            return false;
        var window = new Window(message.Attempts[0].Begin, roundEnd);
        var isHeldByOne = false;
        foreach (var member in members)
        {
            member.Timeline(text).CollectHeld(window, _held);
            // With QoS 0 it may be lost; with QoS 2 it goes with a session that was sent it.
            if (_held.Exists(grant => grant?.QoS == 0))
                return false;
            if (message.QoS == 2 && member.Ended is not null && _held.Exists(grant => grant?.QoS == 2))
                return false;
            isHeldByOne |= member.Ended is null && !_held.Contains(null);
        }

        return isHeldByOne;
    }

    private static Delivery Expected(Message message, Grant grant) =>
        new(Math.Min(message.QoS, grant.QoS), message.Retain && grant.RetainAsPublished, Delivery.IdentifiersOf([grant.Identifier]));

    private string Members() =>
        string.Join("; ", members.Select(member => $"{member} {string.Join(", ", member.Timeline(text).Steps)}"));
}
