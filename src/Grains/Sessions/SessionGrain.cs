using Orleans.Placement;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Sessions;

/// <summary>
/// The owner of one client id: opens the journal when there is something to keep, runs control operations one after the other,
/// and keeps the session's monitor in the silo's registry while it is active. Everything hot enters the monitor.
/// </summary>
[GrainType("broker.session"), PreferLocalPlacement, KeepAlive]
internal sealed partial class SessionGrain(IGrainContext context, SessionGrainServices services) : IGrainBase, ISessionGrain
{
    private SessionRef _identity = null!;
    private SessionMonitor _monitor = null!;
    private SessionJournal? _journal;

    public IGrainContext GrainContext => context;

    private string ClientId => _identity.ClientId;

    public async Task OnActivateAsync(CancellationToken token)
    {
        _identity = services.Sessions.Hold(SessionKey.Parse(this.GetPrimaryKeyString()).ClientId);
        _monitor = new SessionMonitor(_identity, services.Session);
        await ReplayAsync(token);
        _identity.Silo = services.Senders.Self;
        _identity.Open(_monitor);
    }

    public async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token)
    {
        // First and synchronously: nobody enters any more (invariant B5).
        _monitor.Close();
        _identity.Close(_monitor);
        _journal?.Journal.End(JournalEnding.Close);
        await services.Writer.WhenIdleAsync(token);
        services.Sessions.Release(_identity);
    }

    public async ValueTask EndedAsync()
    {
        await _monitor.RouteRemovals;
        if (await _monitor.RunAsync(static session => session.Exists)) return;
        // Nothing of the session is left in any shard: its journal may go (invariant B13).
        _journal?.Journal.End(JournalEnding.Delete);
        _journal = null;
        this.DeactivateOnIdle();
    }

    public ValueTask<SiloAddress> DeliverAsync(NodeItem[] items, SiloAddress from)
    {
        foreach (var item in items) services.Inbox.TryEnter(_monitor, item, from);
        return ValueTask.FromResult(services.Senders.Self);
    }

    private async Task ReplayAsync(CancellationToken token)
    {
        var id = new JournalId(JournalKind, ClientId);
        // Read first: opening would write a row for every client id that ever connects without a durable session.
        var found = new SessionReplay(services.Session.Clock);
        await services.Writer.Store.ReadAsync(id, [SessionJournal.HeaderKey], found, token);
        if (found.Header is null) return;
        var replay = new SessionReplay(services.Session.Clock);
        await OpenJournalAsync(replay, token);
        if (replay.Header is null) return;
        await _monitor.RunAsync(session =>
        {
            replay.Restore(session, _journal!);
            return true;
        });
        await services.Session.Routes.RemoveAsync(ClientId, replay.Header.Value.Incarnation, replay.Removing);
        foreach (var subscription in replay.Pending) await RegisterAsync(subscription, sendRetained: false);
    }

    private async Task OpenJournalAsync(IJournalReplay replay, CancellationToken token)
    {
        var opened = await services.Writer.OpenAsync(new JournalId(JournalKind, ClientId), _monitor, replay, token);
        _journal = new SessionJournal(opened.Journal, services.Session.Clock);
    }

    private const string JournalKind = "session";
}
