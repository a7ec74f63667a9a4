using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Broker.Subscriptions;

namespace OrleansBroker.Broker.Tests.Sessions;

/// <summary>
/// A journal in memory that commits when the test says so, and forgets what is not committed when it crashes. Keys are the kind of
/// record and its number.
/// </summary>
internal sealed class FakeJournal : ISessionJournal
{
    /// <summary>The number of a record of unknown number, as with the real journal.</summary>
    private const ulong Stored = 1;

    private readonly List<(ulong Number, (char Kind, long Number) Key, object? Value)> _pending = [];
    private readonly SortedDictionary<(char Kind, long Number), object> _committed = [];
    private ulong _last = Stored;

    public IEnumerable<string> Committed => _committed.Keys.Select(static key => $"{key.Kind}{key.Number}");

    public int MaxLoadedMessages { get; init; } = int.MaxValue;

    public bool IsAttached { get; private set; }

    public long DueMilliseconds { get; private set; } = Session.Never;

    public int PendingCount => _pending.Count;

    /// <summary>Numbers to commit, oldest first.</summary>
    public ulong[] PendingNumbers => [.. _pending.Select(static record => record.Number)];

    /// <summary>Commits everything, or up to a number; answers the number for <see cref="Session.Committed"/>.</summary>
    public ulong Commit(ulong upTo = ulong.MaxValue)
    {
        var number = Math.Min(upTo, _last);
        foreach (var record in _pending.Where(record => record.Number <= number))
        {
            if (record.Value is null) _committed.Remove(record.Key);
            else _committed[record.Key] = record.Value;
        }

        _pending.RemoveAll(record => record.Number <= number);
        return number;
    }

    /// <summary>What the grain reads of a page.</summary>
    public List<OutboundMessage> Read(StoredPage page) =>
    [
        .. _committed.Where(record => record.Key.Kind == 'm' && record.Key.Number >= page.First && record.Key.Number <= page.Last)
            .Select(static record => (((OutboundMessage Message, ushort))record.Value).Message),
    ];

    public void Crash() => _pending.Clear();

    public void Delete()
    {
        _pending.Clear();
        _committed.Clear();
    }

    public ulong PutHeader(in SessionHeader header) => Put('h', 0, header);

    public ulong PutIndexes(bool isAttached, long dueMilliseconds)
    {
        (IsAttached, DueMilliseconds) = (isAttached, dueMilliseconds);
        return _last;
    }

    public ulong PutSubscription(Subscription subscription) => Put('s', subscription.Version, (subscription.Filter, subscription.Options, subscription.State, subscription.Renews));

    public ulong RemoveSubscription(uint version) => Put('s', version, null);

    public ulong PutWill(WillMessage will) => Put('w', 0, will);

    public ulong RemoveWill() => Put('w', 0, null);

    public ulong PutMessage(in OutboundMessage message, ushort packetIdentifier)
    {
        message.Publication!.Keep();
        return Put('m', message.Sequence, (message with { Part = null, Origin = message.Shared is null ? message.Origin : null, Record = Stored }, packetIdentifier));
    }

    public ulong PutIdentifier(long sequence, ushort packetIdentifier, bool released) => Put('i', sequence, (packetIdentifier, released));

    public ulong RemoveMessage(long sequence, ulong record, ulong identifierRecord)
    {
        Assert.NotEqual(0ul, record);
        var number = Remove('m', sequence);
        if (identifierRecord != 0) number = Remove('i', sequence);
        else Assert.DoesNotContain(('i', sequence), _committed.Keys);
        return number;
    }

    public ulong PutInbound(ushort packetIdentifier, long sequence, Publication publication)
    {
        Put('f', sequence, publication.Again());
        return Put('p', sequence, (packetIdentifier, false));
    }

    public ulong ReleaseInbound(ushort packetIdentifier, long sequence) => Put('p', sequence, (packetIdentifier, true));

    public ulong PutSeen(long incarnation, long sequence) => Put('x', (incarnation << 32) | sequence, incarnation);

    public ulong RemoveSeen(long incarnation, long sequence, ulong record) => Remove('x', (incarnation << 32) | sequence);

    public ulong PutDrops(long incarnation, SessionDrops drops) => Put('d', 0, drops.Counted().ToArray());

    public ulong RemoveInboundMessage(long sequence) => Put('f', sequence, null);

    public ulong RemoveInbound(long sequence) => Put('p', sequence, null);

    /// <summary>Brings the committed state into a new session, in the order that the grain uses. False when there is none.</summary>
    public bool Restore(Session session, long now, long awaitedUntil = Session.Never)
    {
        if (!_committed.TryGetValue(('h', 0), out var header)) return false;
        session.Restore((SessionHeader)header, this, now, awaitedUntil);
        foreach (var (key, value) in _committed.ToArray())
        {
            switch (key.Kind)
            {
                case 'i' when !_committed.ContainsKey(('m', key.Number)): Put('i', key.Number, null); break;
                case 'm': RestoreMessage(session, key.Number, ((OutboundMessage, ushort))value); break;
                case 'p': RestoreInbound(session, key.Number, ((ushort, bool))value); break;
                case 'x': session.RestoreSeen(key.Number >> 32, key.Number & uint.MaxValue); break;
                case 's': RestoreSubscription(session, (uint)key.Number, value); break;
                case 'w': session.RestoreWill((WillMessage)value); break;
            }
        }

        RestoreForwards(session);
        return true;
    }

    private void RestoreInbound(Session session, long sequence, (ushort Identifier, bool IsReleased) record)
    {
        if (!record.IsReleased) session.RestoreInbound(record.Identifier, sequence);
        else if (!_committed.ContainsKey(('f', sequence))) Put('p', sequence, null);
    }

    private void RestoreForwards(Session session)
    {
        foreach (var (key, value) in _committed.Where(static record => record.Key.Kind == 'f').ToArray())
        {
            if (_committed.TryGetValue(('p', key.Number), out var given))
                session.RestoreForward(((Publication)value).Again(), (((ushort, bool))given).Item1, key.Number);
            else
                Put('f', key.Number, null);
        }
    }

    private static void RestoreSubscription(Session session, uint version, object value)
    {
        var (filter, options, state, renews) = ((Mqtt.Topics.TopicFilter, SubscriptionOptions, SubscriptionState, bool))value;
        if (state != SubscriptionState.Removing) session.RestoreSubscription(new Subscription(filter, options, version, 0) { State = state, Renews = renews });
    }

    private void RestoreMessage(Session session, long sequence, (OutboundMessage Message, ushort Identifier) record)
    {
        if (_committed.TryGetValue(('i', sequence), out var given))
        {
            var (identifier, released) = ((ushort, bool))given;
            session.RestoreInflight(record.Message, identifier, released);
        }
        else if (record.Identifier != 0)
        {
            session.RestoreInflight(record.Message, record.Identifier, released: false);
        }
        else if (session.QueuedCount < MaxLoadedMessages)
        {
            session.RestoreQueued(record.Message);
        }
        else
        {
            session.RestoreStored(sequence, record.Message.Publication!.SizeBytes, record.Message.QoS, record.Message.Origin);
        }
    }

    private ulong Put(char kind, long number, object? value)
    {
        _pending.Add((++_last, (kind, number), value));
        return _last;
    }

    /// <summary>A record that was never committed is not written, and neither is its removal.</summary>
    private ulong Remove(char kind, long number)
    {
        _pending.RemoveAll(record => record.Key == (kind, number));
        return _committed.ContainsKey((kind, number)) ? Put(kind, number, null) : 0;
    }
}
