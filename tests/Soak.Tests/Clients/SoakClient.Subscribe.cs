using OrleansBroker.Soak.Tests.Model;
using OrleansBroker.TestKit;

namespace OrleansBroker.Soak.Tests.Clients;

/// <content>SUBSCRIBE and UNSUBSCRIBE.</content>
internal sealed partial class SoakClient
{
    private const int MaxFilters = 6;
    private const byte Unspecified = 0xFF;

    private Grant? _sharedChoice;

    private IEnumerable<Grant> Held => _session!.Filters.Values.Select(timeline => timeline.Latest).OfType<Grant>();

    /// <summary>Subscribes to some filters, and to some that it holds anew.</summary>
    /// <param name="isCut">The connection is lost before the answer: nobody knows whether it happened.</param>
    private Task SubscribeAsync(bool isCut = false)
    {
        if (profile.IsSharedOnly)
        {
            var grant = _sharedChoice ??= round.Plan.Shared(_random) with { Identifier = 0, RetainAsPublished = false };
            return SubscribeAsync([grant with { QoS = Math.Max(grant.QoS, _random.Next(3)) }], isCut);
        }

        if (IsVersion5 && _random.Next(6) == 0)
            return SubscribeAsync([round.Plan.Shared(_random)], isCut);
        var grants = new Dictionary<string, Grant>(StringComparer.Ordinal);
        var identifier = IsVersion5 && _random.Next(3) > 0 ? _random.Next(1, 5) * _random.Next(1, 2_000) : 0;
        var held = Held.Where(grant => grant.ShareName is null).ToArray();
        for (var count = _random.Next(1, 4); count > 0; count--)
        {
            var isAgain = held.Length >= MaxFilters || (held.Length > 0 && _random.Next(4) == 0);
            var filter = isAgain ? held[_random.Next(held.Length)].Filter : round.Plan.Filter(_random);
            grants[filter] = IsVersion5
                ? new Grant(filter, null, _random.Next(3), _random.Next(6) == 0, _random.Next(3) == 0, _random.Next(4) switch { 1 => 1, 2 => 2, _ => 0 }, identifier)
                : new Grant(filter, null, _random.Next(3), NoLocal: false, RetainAsPublished: false, RetainHandling: 0, Identifier: 0);
        }

        return SubscribeAsync([.. grants.Values], isCut);
    }

    private async Task SubscribeAsync(IReadOnlyList<Grant> grants, bool isCut)
    {
        var properties = grants[0].Identifier > 0 ? new[] { Property.SubscriptionIdentifier(grants[0].Identifier) } : [];
        if (Ask(id => Packet.Subscribe(_version, id, grants.Select(grant => (grant.Text, grant.Options)), properties)) is not { } asked)
            return;
        var session = _session!;
        round.Counts.Add(isCut ? "subscribe cut off" : "subscribe");
        if (isCut)
            await CloseAsync(Ending.Reset);
        var isAnswered = await InTimeAsync(asked.Answer, "SUBSCRIBE");
        var (frame, stamp) = isAnswered ? await asked.Answer : (null, 0);
        var when = new Window(asked.Begin, isAnswered ? stamp : Stamps.Next() + Stamps.Grace);
        var codes = frame?.ToSubAck(_version).ReasonCodes;
        lock (_gate)
        {
            for (var i = 0; i < grants.Count; i++)
                Note(session, grants[i], when, isAnswered);
        }

        if (codes is not null && !codes.SequenceEqual(grants.Select(grant => (byte)grant.QoS)))
            Report("a wrong SUBACK", null, $"0x{Convert.ToHexString(codes)} to {string.Join(", ", grants)}");
        PublishAtOnce(grants[0].Filter);
    }

    private static void Note(SessionRecord session, Grant grant, Window when, bool isAnswered)
    {
        var timeline = session.Timeline(grant.Text);
        // [MQTT5-3.3.1-9] to [MQTT5-3.3.1-11]; never for a shared subscription (MQTT5 section 4.8.2).
        var mayRead = grant.ShareName is null && grant.RetainHandling switch { 0 => true, 1 => timeline.Latest is null || !timeline.IsLatestCertain, _ => false };
        if (mayRead)
            session.Reads.Add(new SubscribeRead(when, grant, isAnswered && (grant.RetainHandling == 0 || timeline.IsLatestCertain)));
        timeline.Add(when, grant, isAnswered);
    }

    private async Task UnsubscribeAsync()
    {
        var session = _session!;
        var filters = Held.Select(grant => grant.Text).OrderBy(_ => _random.Next()).Take(_random.Next(1, 3)).ToList();
        if (!profile.IsSharedOnly && _random.Next(4) == 0)
            filters.Add(round.Plan.Filter(_random));
        filters = [.. filters.Distinct()];
        if (filters.Count == 0 || Ask(id => Packet.Unsubscribe(_version, id, filters)) is not { } asked)
            return;
        round.Counts.Add("unsubscribe");
        var isAnswered = await InTimeAsync(asked.Answer, "UNSUBSCRIBE");
        var (frame, stamp) = isAnswered ? await asked.Answer : (null, 0);
        var codes = frame?.ToSubAck(_version).ReasonCodes;
        var expected = filters.Select(filter => ExpectedCode(session, filter)).ToArray();
        if (codes is not null && (codes.Length != (IsVersion5 ? filters.Count : 0) || codes.Where((code, i) => expected[i] != Unspecified && expected[i] != code).Any()))
            Report("a wrong UNSUBACK", null, $"0x{Convert.ToHexString(codes)} to {string.Join(", ", filters)}");
        lock (_gate)
        {
            foreach (var filter in filters.Where(filter => session.Filters.ContainsKey(filter)))
                session.Timeline(filter).Add(new Window(asked.Begin, isAnswered ? stamp : Stamps.Next() + Stamps.Grace), grant: null, isAnswered);
        }

        if (!profile.IsSharedOnly)
            PublishAtOnce(filters[0].StartsWith("$share/", StringComparison.Ordinal) ? filters[0].Split('/', 3)[2] : filters[0]);
    }

    /// <summary>The answer must be true from the moment in which it is read.</summary>
    private void PublishAtOnce(string filter)
    {
        if (_random.Next(2) == 0)
            Publish(round.Plan.TopicOf(filter));
    }

    private static byte ExpectedCode(SessionRecord session, string filter)
    {
        if (!session.Filters.TryGetValue(filter, out var timeline))
            return Reason.NoSubscriptionExisted;
        if (!timeline.IsLatestCertain)
            return Unspecified;
        return timeline.Latest is null ? Reason.NoSubscriptionExisted : Reason.Success;
    }

    /// <summary>Sends a packet with an identifier of its own; null when there is no connection.</summary>
    private (long Begin, Task<(Frame Frame, long Stamp)> Answer)? Ask(Func<int, byte[]> toPacket)
    {
        lock (_gate)
        {
            if (_open is not { IsEnding: false } connection)
                return null;
            int id;
            do
                id = NextPacketIdentifier();
            while (connection.Answers.ContainsKey(id));
            var answer = OpenConnection.NewSource<(Frame, long)>();
            connection.Answers[id] = answer;
            var begin = Stamps.Next();
            connection.Link!.Send(toPacket(id));
            return (begin, answer.Task);
        }
    }
}
