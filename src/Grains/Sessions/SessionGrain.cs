using Orleans.Runtime.Placement;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Placement;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Sessions;

/// <summary>
/// The owner of one client id: opens the journal when there is something to keep, runs control operations one after the other,
/// and keeps the session's monitor in the silo's registry while it is active. Everything hot enters the monitor.
/// </summary>
[GrainType("broker.session"), SessionPlacement, KeepAlive]
internal sealed partial class SessionGrain(IGrainContext context, SessionGrainServices services) : IGrainBase, ISessionGrain
{
    internal const string JournalKind = "session";

    private SessionRef _identity = null!;
    private SessionMonitor _monitor = null!;
    private SessionJournal? _journal;
    private Task _ended = Task.CompletedTask;
    private bool _connecting;
    private string? _attachedTo;
    private long _newestConnection; // of this silo's, by when it was accepted

    public IGrainContext GrainContext => context;

    /// <summary>Of a queue: 256 messages of 100 bytes are some 100 KiB. A store that is memory itself saves nothing.</summary>
    private int MaxLoadedMessages => services.Writer.Store.CommitsInline ? int.MaxValue : 256;

    private string ClientId => _identity.ClientId;

    public async Task OnActivateAsync(CancellationToken token)
    {
        _identity = services.Sessions.Hold(SessionKey.Parse(this.GetPrimaryKeyString()).ClientId);
        try
        {
            _monitor = new SessionMonitor(_identity, services.Session, this);
            await ReplayAsync(token);
        }
        catch
        {
            _identity.Release();
            throw;
        }

        services.Session.Detours.Arrived(_identity);
        _identity.Open(_monitor);
    }

    public async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token)
    {
        // First and synchronously: nothing more is taken (invariant B5). What runs or waits now ends before the journal does.
        _monitor.Close();
        if (reason.ReasonCode == DeactivationReasonCode.Migrating) services.Session.Counters.Add(BrokerCounter.SessionsMoved);
        await _monitor.RunAsync(session => Run(() =>
        {
            session.PutDrops();
            _monitor.CloseConnection();
        }));
        await _monitor.SealAsync();
        _identity.Close(_monitor);
        EndJournal(JournalEnding.Close);
        // The deadline of a deactivation: a store that does not answer cannot keep the session from its next owner.
        await _ended.WaitAsync(token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _identity.Release();
    }

    public async ValueTask EndedAsync()
    {
        // Another session has begun, or the routes of a later one are still being removed: its own end comes.
        if (!_monitor.RouteRemovals.IsCompleted || await _monitor.RunAsync(static session => session.Exists)) return;
        // Nothing of the session is left in any shard: its journal may go (invariant B13).
        EndJournal(JournalEnding.Delete);
        this.DeactivateOnIdle();
    }

    public async ValueTask WakeAsync()
    {
        // What is due was done when the journal was read; an activation that was there before does it now.
        await _monitor.RunAsync(session => Run(() => session.Due(services.Session.Clock.NowMilliseconds)));
        if (_journal is null && !_connecting && !await _monitor.RunAsync(static session => session.Exists)) await ForgetAsync();
        LetGo();
    }

    public ValueTask MoveAsync(SiloAddress to)
    {
        if (!_monitor.HasConnectionHere) GoTo(to);
        return ValueTask.CompletedTask;
    }

    public async ValueTask LeaveAsync()
    {
        if (_connecting || !await _monitor.RunAsync(static session => session.IsIdle)) return;
        LogLeaves(ClientId);
        this.DeactivateOnIdle();
    }

    private void GoTo(SiloAddress to)
    {
        if (!to.Equals(services.Senders.Self)) context.Migrate(new Dictionary<string, object> { [IPlacementDirector.PlacementHintKey] = to });
    }

    /// <summary>Entries of the indexes without a session: nothing else would ever remove them.</summary>
    private async Task ForgetAsync()
    {
        await OpenNewJournalAsync();
        EndJournal(JournalEnding.Delete);
    }

    public async ValueTask<SiloAddress> DeliverAsync(ReadOnlyMemory<byte> batch, SiloAddress from)
    {
        // As in a lane: what such a silo had not done has been handed to others long ago.
        if (services.Senders.IsDead(from)) return services.Senders.Self;
        var (exists, isAwaited) = await _monitor.RunAsync(static session => (session.Exists, session.IsAwaited));
        // 'Gone' is said only when no gateway has the client's connection (invariant B8).
        if (isAwaited || (!exists && await services.Held.IsAnywhereAsync(ClientId))) throw new SessionAwaitedException(ClientId);
        services.Inbox.EnterAdmitted(_monitor, batch, from);
        // Before this activation can end: what it would have to hand on would come after what is behind it.
        await _monitor.CaughtUpAsync();
        LetGo();
        return services.Senders.Self;
    }

    /// <summary>An activation without a session (a late call, a stale route) holds nothing: it need not stay.</summary>
    private void LetGo() => _monitor.Run(session =>
    {
        if (!session.Exists && _journal is null && !_connecting) this.DeactivateOnIdle();
    });

    private async Task ReplayAsync(CancellationToken token)
    {
        if (!await HasJournalAsync(token)) return;
        var replay = new SessionReplay(services.Session.Clock);
        await OpenJournalAsync(replay, token);
        if (replay.Header is not { } header) return;
        var awaitedUntil = header.DisconnectedAtMilliseconds is null && await FindGatewayAsync() ? AwaitedUntil : Session.Never;
        await _monitor.RunAsync(session => Run(() =>
        {
            replay.Restore(session, _journal!, awaitedUntil);
            // What ended or expired while nobody looked ends now.
            session.Due(services.Session.Clock.NowMilliseconds);
        }));
        if (replay.Removing.Count > 0) _monitor.RemoveRoutes(replay.Removing, header.Incarnation);
        _monitor.RegisterAgain(replay.Pending);
    }

    /// <summary>
    /// Read first: opening would write a row for every client id that ever connects without a durable session. It also tells within
    /// the time that a CONNECT waits whether the store answers; how long the replay takes depends on the session.
    /// </summary>
    private async Task<bool> HasJournalAsync(CancellationToken token)
    {
        var store = services.Writer.Store;
        using var limit = store.ReadsInline ? null : StoreLimit();
        using var both = limit is null ? null : CancellationTokenSource.CreateLinkedTokenSource(limit.Token, token);
        var found = new StoredHeader();
        await store.ReadAsync(new JournalId(JournalKind, ClientId), [SessionJournal.HeaderKey], found, both?.Token ?? token);
        return found.Exists;
    }

    /// <summary>Null where the store never waits: its timer would be a tenth of a CONNECT.</summary>
    private CancellationTokenSource? StoreLimit() =>
        services.Writer.Store.CommitsInline ? null : new CancellationTokenSource(services.Timing.StoreWait, services.Session.Clock.TimeProvider);

    private async Task OpenJournalAsync(SessionReplay replay, CancellationToken token)
    {
        var id = new JournalId(JournalKind, ClientId);
        var lease = services.Lease;
        // A silo that stood still may have been declared dead: it would take the journal from whoever has it by now.
        if (lease is not null) await lease.WhenValidAsync(token);
        var opened = await services.Writer.OpenAsync(id, _monitor, replay, token);
        if (lease is not null) await lease.OutlastAsync(opened.Opening, token);
        if (replay.Unread is { Count: > 0 } unread) await services.Writer.Store.ReadAsync(id, unread, replay.ReadUnread(), token);
        _journal = new SessionJournal(opened.Journal, services.Session.Clock, services.Senders.SelfText, opened.Opening, MaxLoadedMessages);
        _attachedTo = opened.Opening.AttachedOwner;
    }

    private void EndJournal(JournalEnding ending)
    {
        if (_journal is null) return;
        _ended = _journal.Journal.WhenCommittedAsync(_journal.Journal.End(ending));
        _journal = null;
    }

    /// <summary>The next activation loads the session from its journal.</summary>
    internal void Lost(Exception? fault)
    {
        if (fault is not null) LogFault(fault, ClientId);
        context.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationError, fault, "The session cannot go on here."));
    }
}
