using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Leases;

/// <summary>The renewals, one at a time, from before the silo takes anything until nothing of it is open any more.</summary>
internal sealed partial class SiloLease
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _lapse;
    private TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _renewed;
    private bool _isFailing;
    private bool _wasValid;
    private Task _renewing = Task.CompletedTask;

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(SiloLease), ServiceLifecycleStage.RuntimeStorageServices, _ => StartAsync(), _ => StopAsync());

    /// <summary>Tries once, and goes on trying when the store does not answer: until it does, nothing is promised.</summary>
    public async Task StartAsync()
    {
        await TryRenewAsync();
        _renewing = Task.Run(RunAsync);
    }

    /// <summary>Grains have closed what they could: nothing is promised from here on.</summary>
    public async Task StopAsync()
    {
        if (_stop.IsCancellationRequested) return;
        await _stop.CancelAsync();
        await _renewing;
        Volatile.Write(ref _until, _time.GetTimestamp());
        _hasLapsed = true;
        GiveUpWaiting();
        using var limit = new CancellationTokenSource(EndLimit, _time);
        try
        {
            await _store.EndAsync(_self, limit.Token);
        }
        catch (Exception failure)
        {
            LogNotEnded(failure); // it ends by itself
        }
    }

    public void Dispose()
    {
        _lapse.Dispose();
        _stop.Dispose();
    }

    /// <summary>
    /// Done with the first renewal that begins after this, which begins now. Whoever has just claimed a journal promises nothing before: another may have opened it while
    /// older renewals did not ask for it.
    /// </summary>
    /// <exception cref="OperationCanceledException">The silo stops, or whoever asks gives up.</exception>
    public Task RenewedAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_stop.IsCancellationRequested) return Task.FromCanceled(_stop.Token);
            _renewed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _asked.TrySetResult();
            return _renewed.Task.WaitAsync(cancellation);
        }
    }

    private async Task RunAsync()
    {
        while (true)
        {
            Task asked;
            lock (_gate) asked = _asked.Task;
            await asked.WaitAsync(_timing.LeaseRenewal, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_stop.IsCancellationRequested) return;
            await TryRenewAsync().ConfigureAwait(false);
        }
    }

    private async Task TryRenewAsync()
    {
        TaskCompletionSource? renewed;
        lock (_gate)
        {
            if (_asked.Task.IsCompleted) _asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            (renewed, _renewed) = (_renewed, null);
        }

        try
        {
            await RenewAsync().ConfigureAwait(false);
            _isFailing = false;
            renewed?.SetResult();
        }
        catch (Exception failure)
        {
            // Whatever the store failed of: the next one may succeed, and until then the lease runs out by itself.
            if (!_isFailing && !_stop.IsCancellationRequested) LogNotRenewed(failure);
            _isFailing = true;
            renewed?.SetException(failure);
        }
    }

    private async Task RenewAsync()
    {
        var claims = _claims.ToArray();
        using var limit = new CancellationTokenSource(_timing.LeaseValidity, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stop.Token);
        // Before the store has it: others would wait for a lease of a silo that is gone for them.
        if (_wasValid && !IsValid && _isDeclaredDead is not null && await _isDeclaredDead(both.Token).ConfigureAwait(false)) throw new DeclaredDeadException();
        var sent = _time.GetTimestamp();
        var owned = (await _store.RenewAsync(_self, _timing.LeaseValidity, both.Token).ConfigureAwait(false)).ToHashSet();
        foreach (var (holder, journal) in claims)
        {
            if (!owned.Contains(journal)) Lose(holder, journal);
        }

        Extend(sent + _usable);
    }

    private void Lose(ILeaseHolder holder, OwnedJournal journal)
    {
        LogLost(journal.Journal, journal.Epoch.Value);
        _claims.Remove(holder);
        holder.Lost();
    }

    private void Extend(long until)
    {
        var before = _until;
        Volatile.Write(ref _until, until);
        // After the writing: who has found it invalid before has done so by this time of the clock.
        var now = _time.GetTimestamp();
        if (now >= before) Lapsed(before);
        if (now >= until) return; // it took too long
        LookAgainAfter(until);
        TaskCompletionSource? valid;
        bool recovers;
        lock (_gate)
        {
            (valid, _valid) = (_valid, null);
            recovers = _hasLapsed;
            _hasLapsed = false;
            _wasValid = true;
        }

        valid?.SetResult();
        if (recovers) Recover(_time.GetElapsedTime(before, now));
    }

    private void LookForLapse()
    {
        var until = Volatile.Read(ref _until);
        if (IsValid) LookAgainAfter(until); // renewed, or the timer's clock is ahead of this one by some milliseconds
        else Lapsed(until);
    }

    private void LookAgainAfter(long until)
    {
        var left = _time.GetElapsedTime(_time.GetTimestamp(), until);
        _lapse.Change((left > TimeSpan.Zero ? left : TimeSpan.Zero) + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
    }

    private void Lapsed(long until)
    {
        lock (_gate)
        {
            if (_hasLapsed || _stop.IsCancellationRequested) return;
            _hasLapsed = true;
        }

        _counters.Add(BrokerCounter.LeasesLapsed, 1);
        LogLapsed(_time.GetElapsedTime(until));
    }

    private void Recover(TimeSpan after)
    {
        LogValid(after);
        foreach (var (holder, _) in _claims.ToArray()) holder.Recovered();
    }

    private void GiveUpWaiting()
    {
        lock (_gate)
        {
            _valid?.TrySetCanceled(_stop.Token);
            _renewed?.TrySetCanceled(_stop.Token);
        }
    }
}
