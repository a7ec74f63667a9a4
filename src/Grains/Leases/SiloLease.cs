using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Leases;

/// <summary>
/// This silo's lease in the store, for what it promises without writing (invariant B1, ADR 0020). It counts from before each renewal was sent, by a clock of this machine
/// alone, and a renewal counts only when those who have lost their journals have closed: so when it is valid, all that promise by it own what they promise for.
/// </summary>
internal sealed partial class SiloLease : INodeLease, ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    /// <summary>Of a validity the last part is not used: clocks of two machines run differently by far less.</summary>
    private const int UnusedPart = 50;

    private readonly ISiloLeases _store;
    private readonly WriterId _self;
    private readonly TimingOptions _timing;
    private readonly TimeProvider _time;
    private readonly BrokerCounters _counters;
    private readonly ILogger _logger;
    private readonly LeaseClaims _claims = new();
    private readonly PreviousLeases _previous;
    private readonly Func<CancellationToken, Task<bool>>? _isDeclaredDead;
    private readonly long _usable;
    private readonly Lock _gate = new();
    private TaskCompletionSource? _valid;
    private long _until;
    private volatile bool _hasLapsed = true;

    /// <param name="isDeclaredDead">Whether the others go on without this silo, freshly read; null where nobody declares that.</param>
    public SiloLease(
        ISiloLeases store,
        WriterId self,
        TimingOptions timing,
        TimeProvider time,
        BrokerCounters counters,
        ILogger<SiloLease> logger,
        Func<CancellationToken, Task<bool>>? isDeclaredDead = null)
    {
        _store = store;
        _self = self;
        _timing = timing;
        _time = BootTime.Of(time);
        _counters = counters;
        _logger = logger;
        _isDeclaredDead = isDeclaredDead;
        _previous = new PreviousLeases(store, self, timing.LeaseValidity, timing.StoreWait, _time);
        _usable = ToTimestamps(timing.LeaseValidity - (timing.LeaseValidity / UnusedPart));
        _until = _time.GetTimestamp();
        _lapse = _time.CreateTimer(static lease => ((SiloLease)lease!).LookForLapse(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public bool IsValid
    {
        get
        {
            while (true)
            {
                var until = Volatile.Read(ref _until);
                if (_time.GetTimestamp() < until) return true;
                // Renewed between the two readings: whoever is told "no" is told of a recovery later, and this would be none.
                if (Volatile.Read(ref _until) == until) return false;
            }
        }
    }

    /// <inheritdoc/>
    public TimeSpan InvalidFor
    {
        get
        {
            var invalid = _time.GetElapsedTime(Volatile.Read(ref _until), _time.GetTimestamp());
            return invalid > TimeSpan.Zero ? invalid : TimeSpan.Zero;
        }
    }

    /// <summary>Known not to be valid: no clock is read, so it says so a little late. For what need not be tried then.</summary>
    public bool HasLapsed => _hasLapsed;

    /// <summary>From now on each renewal looks whether the journal is still the holder's.</summary>
    public void Claim(OwnedJournal journal, ILeaseHolder holder) => _claims.Add(journal, holder);

    public void Release(ILeaseHolder holder) => _claims.Remove(holder);

    /// <summary>See <see cref="PreviousLeases.OutlastAsync"/>.</summary>
    public ValueTask OutlastAsync(JournalOpening opening, CancellationToken cancellation) => _previous.OutlastAsync(opening, cancellation);

    /// <summary>Done at once while the lease is valid, otherwise when it is again.</summary>
    /// <exception cref="OperationCanceledException">The silo stops, or whoever asks gives up.</exception>
    public ValueTask WhenValidAsync(CancellationToken cancellation) => IsValid ? ValueTask.CompletedTask : new ValueTask(WaitUntilValidAsync(cancellation));

    private async Task WaitUntilValidAsync(CancellationToken cancellation)
    {
        while (true)
        {
            Task valid;
            lock (_gate) valid = (_valid ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            // After the task was taken: a renewal in between completes it.
            if (IsValid) return;
            await valid.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    private long ToTimestamps(TimeSpan time) => (long)(time.TotalSeconds * _time.TimestampFrequency);
}
