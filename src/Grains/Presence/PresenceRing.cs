using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Time;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Presence;

/// <summary>
/// The last events of this core's sessions, for whoever reads them in time: one is taken in some 50 ns, at CONNECT and at the end of a connection or session alone. What is
/// overwritten before it was read is gone; the reader is told how many. Any thread.
/// </summary>
internal sealed class PresenceRing(ClusterView cluster, BrokerClock clock, BrokerCounters counters) : IPresence
{
    /// <summary>65,536 events of 56 bytes are 3.5 MiB, of which a node takes what it needs; their client ids come on top.</summary>
    public const int Capacity = Segments * SegmentEvents;

    private const int Segments = 64;

    /// <summary>56 KiB: below the large object heap.</summary>
    private const int SegmentEvents = 1_024;

    /// <summary>Copied at once while nobody can add: 14 KiB, some 2 µs.</summary>
    private const int Slice = 256;

    private readonly Lock _lock = new();
    private readonly PresenceEvent[]?[] _segments = new PresenceEvent[Segments][];
    private long _next;
    private TaskCompletionSource? _awaited;

    /// <summary>The position of the next event.</summary>
    public long Next
    {
        get
        {
            lock (_lock) return _next;
        }
    }

    /// <inheritdoc/>
    public void Changed(Session session, PresenceChange change, ISessionConnection? connection, ReasonCode reason)
    {
        var gateway = connection switch
        {
            null => null,
            RemoteConnection remote => remote.Gateway,
            _ => cluster.Self,
        };
        Add(new PresenceEvent(
            (PresenceKinds)(1 << ((int)change - 1)), session.ClientId, session.Incarnation, session.Epoch, gateway, clock.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds(),
            (byte)session.Version, session.UserName, session.KeepAliveSeconds, reason));
    }

    public void Add(in PresenceEvent happened)
    {
        TaskCompletionSource? awaited;
        lock (_lock)
        {
            var index = (int)(_next++ % Capacity);
            (_segments[index / SegmentEvents] ??= new PresenceEvent[SegmentEvents])[index % SegmentEvents] = happened;
            awaited = _awaited;
            _awaited = null;
        }

        // Its continuations run elsewhere: the caller holds a session's monitor.
        awaited?.TrySetResult();
    }

    /// <param name="from">As in <see cref="INodeQueries.PresenceAsync"/>.</param>
    /// <param name="max">Events of the page.</param>
    /// <param name="maxLooked">Events that are looked at for them.</param>
    public PresencePage Read(long from, PresenceFilter filter, int max, int maxLooked)
    {
        var events = new List<PresenceEvent>();
        var positions = new List<long>();
        var slice = new PresenceEvent[Slice];
        var at = from;
        long lost = 0;
        while (true)
        {
            var count = Copy(slice, ref at, out var isCurrent, ref lost);
            for (var i = 0; i < count; i++, at++)
            {
                if (!filter.Takes(slice[i])) continue;
                events.Add(slice[i]);
                positions.Add(at);
                if (events.Count < max) continue;
                isCurrent &= i == count - 1;
                at++;
                break;
            }

            maxLooked -= count;
            if (!isCurrent && events.Count < max && maxLooked > 0) continue;
            if (lost > 0) counters.Add(BrokerCounter.PresenceEventsLost, lost);
            return new PresencePage([.. events], [.. positions], lost, at, isCurrent);
        }
    }

    /// <summary>Completes when there are events from the position on. On a pool thread.</summary>
    public Task WhenReachedAsync(long position)
    {
        lock (_lock)
        {
            if (_next > position) return Task.CompletedTask;
            return (_awaited ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <param name="at">Raised beyond what is gone; set to the end when it is beyond that.</param>
    private int Copy(PresenceEvent[] slice, ref long at, out bool isCurrent, ref long lost)
    {
        lock (_lock)
        {
            at = Math.Min(at, _next);
            var oldest = Math.Max(0, _next - Capacity);
            if (at < oldest)
            {
                lost += oldest - at;
                at = oldest;
            }

            var count = (int)Math.Min(_next - at, slice.Length);
            for (var i = 0; i < count; i++)
            {
                var index = (int)((at + i) % Capacity);
                slice[i] = _segments[index / SegmentEvents]![index % SegmentEvents];
            }

            isCurrent = at + count == _next;
            return count;
        }
    }
}
