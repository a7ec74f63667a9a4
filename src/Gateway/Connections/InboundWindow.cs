using System.Diagnostics;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Connections;

/// <summary>
/// A connection's incoming QoS 1 and 2 messages that are not acknowledged: PUBACKs leave in the order of the PUBLISHes [MQTT5-4.6.0-2], and the
/// client's send quota is counted (MQTT5 section 4.9). Used under the connection's lock.
/// </summary>
internal sealed class InboundWindow
{
    private const int SmallestRing = 8;

    // What an idle connection may keep of a burst: 1 KiB of ring. Above it memory goes when the last message is done.
    private const int KeptEntries = 256;

    // Of a connection's QoS 1 messages one in so many tells how long its PUBACK took: two clock readings for each would be a tenth of a message's whole cost.
    private const int SampleEvery = 64;

    // Values of _sampled that are no number of a message.
    private const long NoSample = -1;
    private const long SampleDone = -2;

    private long _sampled = NoSample;

    /// <summary>When the sampled message came; when it is done, how many ticks its PUBACK took.</summary>
    private long _sampleTime;

    private Entry[] _ring = new Entry[SmallestRing];
    private long _head;
    private int _count;
    private Dictionary<ushort, Exchange>? _exactlyOnce;
    private long _exchanges;

    /// <summary>What was open when somebody last looked.</summary>
    public OverdueWatch? Overdue { get; set; }

    /// <summary>The QoS 2 message that is traced, if one is.</summary>
    public TracedExchange? Traced { get; set; }

    /// <summary>What counts against Receive Maximum: QoS 1 until PUBACK, QoS 2 until PUBCOMP or a refusing PUBREC.</summary>
    public int Count => _count + (_exactlyOnce?.Count ?? 0);

    /// <summary>A QoS 1 PUBLISH has come.</summary>
    /// <returns>Its number, for <see cref="Settle"/>.</returns>
    public long Add(ushort packetIdentifier, TimeProvider time)
    {
        if (_count == _ring.Length)
            Grow();
        if ((Next & (SampleEvery - 1)) == 0 && _sampled == NoSample)
        {
            _sampled = Next;
            _sampleTime = time.GetTimestamp();
        }

        ref var entry = ref At(_head + _count);
        entry = new Entry(packetIdentifier, ReasonCode.Success, IsSettled: false);
        return _head + _count++;
    }

    public void Settle(long number, ReasonCode reason)
    {
        if (number < _head || number >= _head + _count)
            return;
        ref var entry = ref At(number);
        entry = entry with { Reason = reason, IsSettled = true };
    }

    /// <summary>The next PUBACK that may leave, taken from the front.</summary>
    public bool TryTakeSettled(TimeProvider time, out ushort packetIdentifier, out ReasonCode reason)
    {
        var entry = _count == 0 ? default : At(_head);
        packetIdentifier = entry.PacketIdentifier;
        reason = entry.Reason;
        if (!entry.IsSettled)
            return false;
        if (_head == _sampled)
        {
            _sampled = SampleDone;
            _sampleTime = time.GetElapsedTime(_sampleTime).Ticks;
        }

        _head++;
        _count--;
        if (_count == 0 && _ring.Length > KeptEntries)
            _ring = new Entry[SmallestRing];
        return true;
    }

    /// <summary>How long a sampled message took until its PUBACK, once for each.</summary>
    public TimeSpan? TakeSample()
    {
        if (_sampled != SampleDone)
            return null;
        _sampled = NoSample;
        return new TimeSpan(_sampleTime);
    }

    /// <summary>Number of the oldest QoS 1 message that is not acknowledged, or the next one's when there is none.</summary>
    public long First => _head;

    /// <summary>Number of the next QoS 1 message.</summary>
    public long Next => _head + _count;

    /// <summary>Settles all QoS 1 messages before a number that are not settled.</summary>
    public void SettleBefore(long number, ReasonCode reason)
    {
        for (var open = _head; open < Math.Min(number, Next); open++)
        {
            if (!At(open).IsSettled)
                Settle(open, reason);
        }
    }

    /// <summary>Number of the next QoS 2 message.</summary>
    public long NextExactlyOnce => _exchanges;

    /// <summary>Identifiers of the QoS 2 messages before a number whose PUBREC has not left.</summary>
    public ushort[] AwaitingPubRecBefore(long number) =>
        _exactlyOnce is null ? [] : [.. _exactlyOnce.Where(open => open.Value.Bytes >= 0 && open.Value.Number < number).Select(static open => open.Key)];

    /// <summary>A QoS 2 exchange with this identifier is open.</summary>
    public bool Holds(ushort packetIdentifier) => _exactlyOnce is not null && _exactlyOnce.ContainsKey(packetIdentifier);

    /// <summary>It is open, and its PUBREC has not left.</summary>
    public bool AwaitsPubRec(ushort packetIdentifier) =>
        _exactlyOnce is not null && _exactlyOnce.TryGetValue(packetIdentifier, out var exchange) && exchange.Bytes >= 0;

    /// <summary>A QoS 2 PUBLISH has come, and its identifier was not open.</summary>
    public void AddExactlyOnce(ushort packetIdentifier, int bytes) => (_exactlyOnce ??= []).Add(packetIdentifier, new Exchange(bytes, _exchanges++));

    /// <summary>PUBREC leaves.</summary>
    /// <returns>The bytes that are no longer pending, or −1 when the identifier was not, or was released before.</returns>
    public int Release(ushort packetIdentifier)
    {
        if (_exactlyOnce is null || !_exactlyOnce.TryGetValue(packetIdentifier, out var exchange))
            return -1;
        _exactlyOnce[packetIdentifier] = exchange with { Bytes = -1 };
        return exchange.Bytes;
    }

    /// <summary>PUBREC leaves: the trace of its message, if it is traced.</summary>
    public Activity? TakeTrace(ushort packetIdentifier)
    {
        if (Traced is not { } traced || traced.PacketIdentifier != packetIdentifier)
            return null;
        Traced = null;
        return traced.Trace;
    }

    /// <summary>PUBCOMP or a refusing PUBREC leaves: the exchange is over.</summary>
    public void Complete(ushort packetIdentifier)
    {
        if (_exactlyOnce is null || !_exactlyOnce.Remove(packetIdentifier))
            return;
        if (_exactlyOnce.Count == 0 && _exactlyOnce.Capacity > KeptEntries)
            _exactlyOnce = null;
    }

    /// <summary>The connection ends: no PUBREC will leave through it.</summary>
    /// <returns>The messages that were pending for theirs, and their bytes.</returns>
    public (int Count, long Bytes) EndExactlyOnce()
    {
        var count = 0;
        var total = 0L;
        if (_exactlyOnce is not null)
        {
            foreach (var (bytes, _) in _exactlyOnce.Values)
            {
                count += bytes < 0 ? 0 : 1;
                total += Math.Max(bytes, 0);
            }
        }

        _exactlyOnce = null;
        return (count, total);
    }

    private ref Entry At(long number) => ref _ring[number & (_ring.Length - 1)];

    private void Grow()
    {
        // Always a power of two, so that a number's place is its low bits.
        var larger = new Entry[2 * _ring.Length];
        for (var number = _head; number < _head + _count; number++)
            larger[number & (larger.Length - 1)] = At(number);
        _ring = larger;
    }

    /// <param name="Bytes">That are pending; −1 when PUBREC has left.</param>
    private readonly record struct Exchange(int Bytes, long Number);

    private readonly record struct Entry(ushort PacketIdentifier, ReasonCode Reason, bool IsSettled);
}
