namespace OrleansBroker.Soak.Tests.Model;

/// <summary>
/// One session and one topic: each copy that came needs a reason (an attempt while a subscription may have been held, or a SUBSCRIBE
/// that read a retained message), and each reason that must give a copy needs one.
/// </summary>
internal sealed class SessionTopicCheck(
    SessionRecord session,
    IReadOnlyList<FilterTimeline> filters,
    IReadOnlyList<Message> messages,
    RetainedTopic retained,
    IReadOnlyList<Copy> copies,
    List<Difference> differences)
{
    private readonly List<Reason> _reasons = [];
    private readonly List<List<Grant?>> _held = [];

    public void Run()
    {
        foreach (var message in messages)
            AddLive(message);
        var live = _reasons.Count;
        AddReads();

        var byMessage = _reasons.Take(live).Select((reason, index) => (reason, index)).ToLookup(each => each.reason.Message!.Id, each => each.index);
        var matching = new Matching(copies.Count, _reasons.Count);
        for (var i = 0; i < copies.Count; i++)
        {
            foreach (var index in byMessage[copies[i].MessageId].Concat(Enumerable.Range(live, _reasons.Count - live)))
            {
                if (_reasons[index].Explains(copies[i]))
                    matching.Connect(i, index);
            }
        }

        foreach (var index in matching.UncoveredLefts())
            Report("a copy that must not be", Find(copies[index].MessageId), $"{copies[index]}; possible: {Expectations(copies[index].MessageId, live)}");
        foreach (var index in matching.UncoveredRights(Enumerable.Range(0, _reasons.Count).Where(index => _reasons[index].IsRequired)))
            Report("a copy is missing", _reasons[index].Message, $"{_reasons[index]}; came: {Received(_reasons[index])}");
        CheckSeam();
    }

    private void AddLive(Message message)
    {
        foreach (var attempt in message.Attempts)
        {
            _held.Clear();
            foreach (var filter in filters)
            {
                var held = new List<Grant?>();
                filter.CollectHeld(attempt.When, held);
                _held.Add(held);
            }

            var possible = Routing.Possible(message, session.ClientId, _held);
            if (possible.All(delivery => delivery is null))
                continue;
            var isCertain = attempt.IsCertain && session.Ended is null && !possible.Contains(null);
            if (isCertain && possible.Any(delivery => delivery!.Value.QoS == 0))
                isCertain = session.IsConnectedThroughout(attempt.When);
            _reasons.Add(new Reason(message, attempt.When, null, [.. possible.OfType<Delivery>()], null, isCertain));
        }
    }

    private void AddReads()
    {
        if (!retained.IsWritten)
            return;
        foreach (var read in session.Reads.Where(read => filters.Any(filter => filter.Text == read.Grant.Text)))
        {
            var values = retained.CurrentIn(read.When).Select(value => (value?.Id, Delivery: value is null ? null : Routing.Retained(value, session.ClientId, read.Grant))).ToList();
            if (values.TrueForAll(value => value.Delivery is null))
                continue;
            var isConnected = session.IsConnectedThroughout(read.When with { End = read.When.End + Stamps.Grace });
            var isRequired = read.IsRequired && session.Ended is null && !IsReplaced(read) && values.TrueForAll(value => value.Delivery is { } delivery && (delivery.QoS > 0 || isConnected));
            _reasons.Add(new Reason(null, read.When, read, [], values, isRequired));
        }
    }

    /// <summary>What is left of the retained messages goes with its subscription.</summary>
    private bool IsReplaced(SubscribeRead read) =>
        session.Filters[read.Grant.Text].Steps.Any(step => step.When.Begin > read.When.Begin);

    /// <summary>A retained message that was published while the SUBSCRIBE was under way comes once: as retained or as live, and not as neither.</summary>
    private void CheckSeam()
    {
        // Where one subscription of the session's whole life is all that matches, nothing else could bring it.
        if (filters is not [{ Steps: [{ Grant: { } grant }] } filter] || session.Reads.Find(read => read.Grant == grant) is not { IsRequired: true } read || session.Ended is not null)
            return;
        foreach (var message in messages)
        {
            if (message is not { Retain: true, Length: > 0, Attempts: [{ IsCertain: true } attempt] } || grant.NoLocal || !attempt.When.Overlaps(read.When))
                continue;
            var count = copies.Count(copy => copy.MessageId == message.Id);
            if (count > 1)
                Report("retained and live both came", message, $"subscribed {filter.Steps[0].When}");
            var around = new Window(Math.Min(attempt.Begin, read.When.Begin), Math.Max(attempt.End, read.When.End));
            if (count == 0 && Math.Min(message.QoS, grant.QoS) > 0 && !retained.IsWrittenByOthersIn(around, message))
                Report("neither retained nor live came", message, $"subscribed {filter.Steps[0].When}");
        }
    }

    private string Expectations(long messageId, int live) =>
        string.Join("; ", _reasons.Where((reason, index) => index >= live || reason.Message!.Id == messageId).Select(reason => reason.ToString()).DefaultIfEmpty("none"));

    private string Received(Reason reason) =>
        string.Join("; ", copies.Where(copy => reason.Concerns(copy.MessageId)).Select(copy => copy.ToString()).DefaultIfEmpty("none"));

    private Message? Find(long messageId) => messages.FirstOrDefault(message => message.Id == messageId);

    private void Report(string what, Message? message, string details) => differences.Add(new Difference(what, session, message, details));

    /// <summary>Why a copy may or must come.</summary>
    private sealed record Reason(Message? Message, Window When, SubscribeRead? Read, Delivery[] Deliveries, List<(long? Id, Delivery? Delivery)>? Values, bool IsRequired)
    {
        public bool Concerns(long messageId) => Message?.Id == messageId || (Values?.Exists(value => value.Id == messageId) ?? false);

        public bool Explains(Copy copy)
        {
            if (copy.Stamp < When.Begin)
                return false;
            return Read is null ? Deliveries.Contains(copy.Delivery) : Values!.Contains((copy.MessageId, copy.Delivery));
        }

        public override string ToString() => Read is null
            ? $"live in {When} as {string.Join(" or ", Deliveries)}{(IsRequired ? ", required" : "")}"
            : $"retained by SUBSCRIBE {When} {Read.Grant} values {string.Join(" or ", Values!.Select(value => value.Delivery is null ? "none" : $"{value.Id}"))}{(IsRequired ? ", required" : "")}";
    }
}
