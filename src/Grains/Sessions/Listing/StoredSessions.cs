using System.Buffers.Binary;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Time;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Sessions.Listing;

/// <summary>Reads sessions in the store without opening their journals.</summary>
internal sealed class StoredSessions(IJournalStore store, BrokerClock clock)
{
    /// <summary>Of one answer of the store; what is there alone is not known then.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Of one journal: some 100 ms.</summary>
    private const int MostRecords = 100_000;

    /// <summary>Sessions behind a client id.</summary>
    /// <param name="records">Messages and subscriptions to count, about.</param>
    public async Task<JournalDigestPage> DigestAsync(SessionQuery query, string? after, int limit, int records, CancellationToken cancellation) =>
        await WithinAsync(
            time => store.DigestAsync(
                new JournalDigestQuery
                {
                    Kind = SessionGrain.JournalKind,
                    After = after,
                    Prefix = query.ClientIdPrefix,
                    Limit = limit,
                    HeaderKey = SessionJournal.HeaderKey,
                    Counted = query.WithQueue || query.QueuedMin > 0 ? SessionJournal.MessageKind : null,
                    Read = query.WithSubscriptions || query.SubscribedTo is not null || query.Matching is not null ? SessionJournal.SubscriptionKind : null,
                    MaxRecordsOfJournal = MostRecords,
                    MaxRecords = records,
                },
                time),
            cancellation);

    /// <summary>Null when there is no such session.</summary>
    public async Task<(StoredSession Session, SessionDetails Details)?> DescribeAsync(string clientId, bool withWillPayload, CancellationToken cancellation)
    {
        var query = new SessionQuery { ClientIdPrefix = clientId, WithQueue = true, WithSubscriptions = true };
        var page = await DigestAsync(query, null, 1, MostRecords, cancellation);
        if (page.Journals is not [var digest] || digest.Journal.Key != clientId || StoredSession.Read(digest) is not { } stored) return null;
        var rest = new StoredRest();
        await ReadAsync(clientId, [SessionJournal.WillKey, SessionJournal.DropsKey], rest, cancellation);
        var details = new SessionDetails
        {
            Item = stored.Item,
            Will = rest.Will is { } will ? SessionDetailsReader.WillOf(will, withWillPayload) : null,
            WillPayloadBytes = rest.Will is { } one ? SessionDetailsReader.PayloadBytesOf(one) : 0,
            Drops = rest.Drops?.Incarnation == stored.Item.Incarnation ? [.. rest.Drops.Counts.Select(static counted => new DropCount(SnakeCase.Of(counted.Reason), counted.Count))] : [],
            OldestQueuedAt = stored.Item.Queued > 0 ? await OldestAsync(clientId, cancellation) : 0,
        };
        return (stored, details);
    }

    public async Task<SessionQueue> QueueAsync(SessionItem session, long after, int limit, bool withPayloads, CancellationToken cancellation)
    {
        var page = new QueuePage(clock, limit, withPayloads);
        await ScanAsync(session.ClientId, SessionJournal.MessageKind, after, limit + 1, page, cancellation);
        page.AddStored();
        if (page.FirstUnread != 0)
        {
            // Larger than a page: alone.
            var alone = new QueuePage(clock, 1, withPayloads) { MaxPayloadBytes = long.MaxValue };
            await ScanAsync(session.ClientId, SessionJournal.MessageKind, after, 1, alone, cancellation);
            alone.AddStored();
            return new SessionQueue(session.Incarnation, session.Epoch, [.. alone.Items], page.FirstUnread);
        }

        return new SessionQueue(session.Incarnation, session.Epoch, [.. page.Items], page.Next);
    }

    public async Task<SessionSubscriptions> SubscriptionsAsync(SessionItem session, uint after, int limit, CancellationToken cancellation)
    {
        var found = new StoredSubscriptions();
        for (long behind = after; found.Items.Count <= limit; behind = found.Last)
        {
            var before = found.Read;
            await ScanAsync(session.ClientId, SessionJournal.SubscriptionKind, behind, limit + 1, found, cancellation);
            if (found.Read - before <= limit) break;
        }

        return new SessionSubscriptions(session.Incarnation, session.Epoch, [.. found.Items.Take(limit).Select(SubscriptionRecord.From)], found.Items.Count <= limit);
    }

    /// <summary>When the message was queued, UTC milliseconds; 0 when it is not known, or the store does not answer.</summary>
    public async Task<long> QueuedAtAsync(string clientId, long sequence)
    {
        try
        {
            var read = new StoredTimes(clock);
            await ReadAsync(clientId, [SessionJournal.MessageKey(sequence)], read, CancellationToken.None);
            return read.First;
        }
        catch (StoreUnreachableException)
        {
            return 0;
        }
    }

    /// <summary>What the journal has of a queue's messages: of those that are in memory when they were queued, of the others all.</summary>
    public async Task ReadAsync(string clientId, IReadOnlyList<QueueEntry> waiting, QueuePage page)
    {
        if (waiting.Count == 0) return;
        var recorded = waiting.Where(static message => message.IsInJournal || message.Message.Record != 0).Select(static message => message.Message.Sequence).ToList();
        await ReadAsync(clientId, [.. recorded.Select(static sequence => (ReadOnlyMemory<byte>)SessionJournal.MessageKey(sequence))], page, CancellationToken.None);
    }

    private async Task<long> OldestAsync(string clientId, CancellationToken cancellation)
    {
        var read = new StoredTimes(clock);
        await ScanAsync(clientId, SessionJournal.MessageKind, after: 0, limit: 1, read, cancellation);
        return read.First;
    }

    private async Task ReadAsync(string clientId, IReadOnlyList<ReadOnlyMemory<byte>> keys, IJournalReplay replay, CancellationToken cancellation) => await WithinAsync(
        async time =>
        {
            await store.ReadAsync(new JournalId(SessionGrain.JournalKind, clientId), keys, replay, time);
            return true;
        },
        cancellation);

    private async Task ScanAsync(string clientId, byte kind, long after, int limit, IJournalReplay replay, CancellationToken cancellation)
    {
        var behind = new byte[SessionJournal.KeyBytes];
        behind[0] = kind;
        BinaryPrimitives.WriteInt64BigEndian(behind.AsSpan(1), after);
        await WithinAsync(
            async time =>
            {
                await store.ScanAsync(new JournalId(SessionGrain.JournalKind, clientId), new JournalScan { Prefix = new[] { kind }, After = behind, Limit = limit }, replay, time);
                return true;
            },
            cancellation);
    }

    private async Task<T> WithinAsync<T>(Func<CancellationToken, ValueTask<T>> read, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(Patience, clock.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            return await read(either.Token).AsTask().WaitAsync(either.Token);
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            // Whatever its driver throws.
            throw new StoreUnreachableException("The store did not answer.", failure);
        }
    }
}
