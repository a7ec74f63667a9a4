using OrleansBroker.Broker.Messages;
using OrleansBroker.Grains.Nodes.Lanes;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Topics;

/// <summary>The shard and its silo's lease; on a silo without one there is no fence, and nothing of this is run.</summary>
internal sealed partial class ShardMonitor
{
    /// <summary>A silo that stood still may have been declared dead, and would take the shard from whoever has it by now: it opens nothing before its lease is valid.</summary>
    public ValueTask MayOpenAsync(CancellationToken cancellation) => _fence?.Lease.WhenValidAsync(cancellation) ?? ValueTask.CompletedTask;

    /// <summary>
    /// The journal is this monitor's: done when nobody before can still promise anything for the shard, and it is known that nobody came after.
    /// </summary>
    /// <exception cref="Sessions.JournalFencedException">Somebody did.</exception>
    public async Task ClaimAsync(JournalId journal, JournalOpening opening, CancellationToken cancellation)
    {
        if (_fence is null) return;
        var lease = _fence.Lease;
        lease.Claim(new OwnedJournal(journal, opening.Epoch), this);
        try
        {
            await Task.WhenAll(lease.OutlastAsync(opening, cancellation).AsTask(), lease.RenewedAsync(cancellation));
        }
        catch
        {
            lease.Release(this);
            throw;
        }

        if (_fence.IsLost) throw new Sessions.JournalFencedException();
    }

    /// <summary>Nothing is promised by this monitor any more, and its journal is closed.</summary>
    public void ReleaseClaim() => _fence?.Lease.Release(this);

    /// <inheritdoc/>
    public void Lost()
    {
        _fence!.Lose();
        Close();
        Enter(new ShardWork(ShardWorkKind.Fenced));
    }

    /// <inheritdoc/>
    public void Recovered() => Enter(new ShardWork(ShardWorkKind.LeaseRecovered));

    /// <summary>
    /// What waits for the lease goes to the shard's next owner, in order. A message that was matched here is then delivered twice: it must be, for nobody knows what the next
    /// owner has subscribed by then. Under the monitor.
    /// </summary>
    private void HandOnWaiting()
    {
        if (_fence is null or { IsEmpty: true }) return;
        foreach (var publication in _fence.TakeAll()) HandOn(publication);
    }

    /// <summary>And so does what waits for a commit that will not come, which is older.</summary>
    private void HandOn()
    {
        var waiting = _fence?.TakeAll() ?? [];
        var twice = waiting.ToHashSet();
        _shard.Fence(publication =>
        {
            if (twice.Contains(publication)) publication.Settle(PartOutcome.NoReceiver); // its other part decides
            else HandOn(publication);
        });
        foreach (var publication in waiting) HandOn(publication);
    }

    /// <summary>What another silo sent goes with what else that sends.</summary>
    private void HandOn(Publication publication)
    {
        if (publication.Publisher is RemotePublisher) _services.Forwards.Publish(Number, publication);
        else _services.Routes.Publish(Number, publication);
    }

    private void RunFencedPublish(Publication publication)
    {
        if (_fence!.Parks(publication)) return;
        MatchFenced(publication);
    }

    private void MatchFenced(Publication publication)
    {
        publication.AddPart();
        Match(publication);
        _fence!.Matched(publication);
    }

    private bool RunParked()
    {
        if (_fence is null or { HasReady: false }) return false;
        MatchFenced(_fence.TakeParked());
        return true;
    }

    private ValueTask ConfirmedAsync() => _fence is null ? ValueTask.CompletedTask : _fence.ConfirmedAsync();
}
