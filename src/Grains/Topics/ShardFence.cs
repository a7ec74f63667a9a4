using OrleansBroker.Broker.Messages;
using OrleansBroker.Grains.Leases;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Grains.Topics;

/// <summary>
/// What a shard may promise by its silo's lease (invariant B1, ADR 0020). A message is done only after the lease was found valid behind its match: then it was matched before
/// any other owner of the shard took its first subscription, whenever the last receiver settles. That is one reading of a clock for each message of QoS 1 or 2. While
/// the lease is not valid, such messages wait, in order. Entered under the shard's monitor, but for <see cref="Lose"/> and <see cref="ConfirmedAsync"/>.
/// </summary>
internal sealed class ShardFence(SiloLease lease, TimeSpan limit, TimeProvider time)
{
    /// <summary>Came while the lease was not valid, or behind such ones; what their publishers may have outstanding bounds them.</summary>
    private readonly Queue<Publication> _parked = new();

    /// <summary>Were matched, and the lease was not valid then.</summary>
    private readonly Queue<Publication> _matched = new();

    private volatile bool _isLost;

    public SiloLease Lease => lease;

    /// <summary>Another owner was found: nothing of this shard is confirmed any more.</summary>
    public bool IsLost => _isLost;

    public bool IsEmpty => _parked.Count == 0 && _matched.Count == 0;

    /// <summary>Messages wait that need not any more.</summary>
    public bool HasReady => _parked.Count > 0 && !lease.HasLapsed && !_isLost;

    public void Lose() => _isLost = true;

    /// <summary>Somebody waits for the message to be done, and what is done needs the lease; QoS 0 goes on without.</summary>
    public static bool Concerns(Publication publication) => publication.QoS != QoS.AtMostOnce && publication.IsAwaited;

    /// <summary>Keeps the message instead of its being matched.</summary>
    public bool Parks(Publication publication)
    {
        if (_parked.Count == 0 && !lease.HasLapsed) return false;
        publication.Defer();
        _parked.Enqueue(publication);
        return true;
    }

    public Publication TakeParked() => _parked.Dequeue();

    /// <summary>Settles the part that was opened for this before the match, at once or when the lease is valid again.</summary>
    public void Matched(Publication publication)
    {
        if (MayConfirm()) publication.Settle(PartOutcome.NoReceiver);
        else _matched.Enqueue(publication.Keep());
    }

    /// <summary>The lease is valid again.</summary>
    public void Recovered()
    {
        while (_matched.Count > 0 && MayConfirm()) _matched.Dequeue().Settle(PartOutcome.NoReceiver);
    }

    /// <summary>Everything that waits, in the order in which it came; the caller hands it to the shard's next owner.</summary>
    public List<Publication> TakeAll()
    {
        List<Publication> all = [.. _matched, .. _parked];
        _matched.Clear();
        _parked.Clear();
        return all;
    }

    /// <summary>What was changed in the shard may be confirmed: it is there, and no other owner has taken anything before it was.</summary>
    /// <exception cref="OperationCanceledException">The lease has not been valid for as long as the store is waited for.</exception>
    /// <exception cref="JournalFencedException">The shard has another owner.</exception>
    public async ValueTask ConfirmedAsync()
    {
        if (!lease.IsValid)
        {
            using var within = new CancellationTokenSource(limit, time);
            await lease.WhenValidAsync(within.Token);
        }

        if (_isLost) throw new JournalFencedException();
    }

    // In this order: the lease is valid again only after this was said.
    private bool MayConfirm() => lease.IsValid && !_isLost;
}
