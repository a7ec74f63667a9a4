using System.Globalization;
using OrleansBroker.Broker.Shards;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Records;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Time;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Topics;

/// <summary>Opens a shard's journal and brings its retained messages and durable routes back.</summary>
internal sealed class ShardReplays(JournalWriter writer, LocalSessions sessions, BrokerClock clock)
{
    public const string JournalKind = ISiloLeases.WatchedKind;

    public async Task<Journal> OpenAsync(ShardMonitor monitor, CancellationToken cancellation)
    {
        var id = new JournalId(JournalKind, monitor.Number.ToString("D5", CultureInfo.InvariantCulture));
        var replay = new Replay(sessions, clock);
        await monitor.MayOpenAsync(cancellation);
        var opened = await writer.OpenAsync(id, monitor, replay, cancellation);
        // The epoch keeps the owner before from writing; what it promises without writing ends with its lease.
        await monitor.ClaimAsync(id, opened.Opening, cancellation);
        await monitor.RunAsync(shard =>
        {
            replay.Restore(shard);
            shard.RecordTo(new ShardJournal(opened.Journal, clock));
            return (0, null);
        });
        return opened.Journal;
    }

    /// <summary>Collects steps; a record that says nothing sensible (of another version, damaged) is left out.</summary>
    private sealed class Replay(LocalSessions sessions, BrokerClock clock) : IJournalReplay
    {
        private readonly List<Action<Shard>> _steps = [];

        public void Restore(Shard shard)
        {
            foreach (var step in _steps) step(shard);
        }

        void IJournalReplay.Replay(in JournalRecord record)
        {
            var fields = new RecordFields(record.Value);
            if (record.Key.Length == 0) return;
            if (record.Key[0] == ShardJournal.RetainedKind)
            {
                // An expired message is found as expired when it is read, and removed then.
                if (MessageFields.Read(ref fields, record.Payload, clock) is { } message) _steps.Add(shard => shard.RestoreRetained(message));
            }
            else if (record.Key[0] == ShardJournal.RouteKind)
            {
                RestoreRoute(ref fields);
            }
        }

        private void RestoreRoute(ref RecordFields fields)
        {
            var isFilter = RecordedFilter.TryRead(ref fields, out var filter);
            var clientId = fields.Text();
            var incarnation = fields.Int64();
            var version = fields.UInt32();
            var qos = (QoS)fields.Byte();
            var noLocal = fields.Bool();
            var retainAsPublished = fields.Bool();
            var grant = new RouteGrant(version, qos, noLocal, retainAsPublished, fields.UInt32());
            if (!isFilter || string.IsNullOrEmpty(clientId) || version == 0 || qos > QoS.ExactlyOnce) return;
            _steps.Add(shard =>
            {
                var receiver = sessions.Hold(clientId);
                shard.RestoreRoute(new Route(filter!, receiver, incarnation, grant, IsDurable: true));
                receiver.Release();
            });
        }
    }
}
