namespace OrleansBroker.Soak.Tests.Model;

/// <summary>Compares a round with what the standard allows; see <see cref="SessionTopicCheck"/>, <see cref="SharedGroupCheck"/>, <see cref="OrderCheck"/>,
/// <see cref="WillTimeCheck"/>.</summary>
internal sealed class RoundCheck
{
    private readonly RoundRecord _round;
    private readonly List<Difference> _differences = [];
    private readonly ILookup<string, Message> _byTopic;
    private readonly Dictionary<string, RetainedTopic> _retained;
    private readonly Dictionary<(string Group, long MessageId), List<(SessionRecord Session, Copy Copy)>> _shared = [];
    private readonly HashSet<long> _matched = [];

    private RoundCheck(RoundRecord round)
    {
        _round = round;
        _byTopic = round.Messages.Values.ToLookup(message => message.Topic);
        _retained = _byTopic.ToDictionary(topic => topic.Key, topic => new RetainedTopic(topic));
    }

    public static IReadOnlyList<Difference> Run(RoundRecord round)
    {
        var check = new RoundCheck(round);
        foreach (var session in round.Sessions)
            check.CheckSession(session);
        check.CheckGroups();
        check.CheckReasons();
        return check._differences;
    }

    private void CheckSession(SessionRecord session)
    {
        var shared = session.Filters.Keys.Where(IsShared).ToList();
        var own = new Dictionary<string, List<Copy>>(StringComparer.Ordinal);
        foreach (var copy in session.Connections.SelectMany(connection => connection.Copies))
        {
            if (GroupOf(session, shared, copy) is { } group)
            {
                Add(_shared, (group, copy.MessageId), (session, copy));
                continue;
            }

            Add(own, copy.Topic, copy);
        }

        foreach (var topic in _byTopic)
        {
            var filters = session.Filters.Values.Where(filter => !IsShared(filter.Text) && TopicFilters.Matches(filter.Text, topic.Key)).ToList();
            var copies = own.GetValueOrDefault(topic.Key) ?? [];
            if (filters.Count > 0 || copies.Count > 0)
                new SessionTopicCheck(session, filters, [.. topic], _retained[topic.Key], copies, _differences).Run();
            if (session.Ended is null && filters.Count > 0)
                RememberMatched(filters, topic);
        }

        OrderCheck.Run(session, _round.Messages, copy => GroupOf(session, shared, copy) is not null, _differences);
        WillTimeCheck.Run(session, _round.Messages, _differences);
    }

    /// <summary>By which shared subscription a copy came: they have identifiers of their own, and who cannot see them holds one and nothing else.</summary>
    private static string? GroupOf(SessionRecord session, List<string> shared, Copy copy)
    {
        if (shared.Count == 0)
            return null;
        if (session.Filters.Count == 1 && copy.Delivery.Identifiers.Length == 0)
            return shared[0];
        return shared.Find(text => session.Filters[text].Steps.Any(step => step.Grant is { Identifier: > 0 } grant && copy.Delivery.Identifiers == Delivery.IdentifiersOf([grant.Identifier])));
    }

    private void CheckGroups()
    {
        var end = _round.Messages.Values.SelectMany(message => message.Attempts).Select(attempt => attempt.End).DefaultIfEmpty(0).Max();
        foreach (var text in _round.Sessions.SelectMany(session => session.Filters.Keys).Where(IsShared).Distinct().ToList())
        {
            var members = _round.Sessions.Where(session => session.Filters.ContainsKey(text)).ToList();
            var check = new SharedGroupCheck(text, members, end, _differences);
            var filter = text.Split('/', 3)[2];
            foreach (var message in _byTopic.Where(topic => TopicFilters.Matches(filter, topic.Key)).SelectMany(topic => topic))
                check.Run(message, _shared.GetValueOrDefault((text, message.Id)) ?? []);
        }
    }

    /// <summary>"No matching subscribers" must be true.</summary>
    private void CheckReasons()
    {
        foreach (var message in _round.Messages.Values.Where(message => message.Reason == TestKit.Reason.NoMatchingSubscribers && _matched.Contains(message.Id)))
            _differences.Add(new Difference("0x10 although a session subscribes", null, message, message.ToString()));
    }

    private void RememberMatched(List<FilterTimeline> filters, IEnumerable<Message> messages)
    {
        var held = new List<Grant?>();
        foreach (var message in messages.Where(message => message.Reason == TestKit.Reason.NoMatchingSubscribers))
        {
            foreach (var filter in filters)
            {
                filter.CollectHeld(message.Attempts[^1].When, held);
                if (held.TrueForAll(grant => grant is { NoLocal: false, QoS: > 0 }))
                    _matched.Add(message.Id);
            }
        }
    }

    private static bool IsShared(string text) => text.StartsWith("$share/", StringComparison.Ordinal);

    private static void Add<TKey, TValue>(Dictionary<TKey, List<TValue>> lists, TKey key, TValue value)
        where TKey : notnull
    {
        if (!lists.TryGetValue(key, out var list))
            lists[key] = list = [];
        list.Add(value);
    }
}
