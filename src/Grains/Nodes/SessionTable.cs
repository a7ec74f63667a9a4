using System.Collections.Concurrent;
using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Grains.Nodes;

/// <summary>The sessions to which something is on its way by grain calls. All but the look-up is done under the session's lock.</summary>
internal sealed class SessionTable(Func<SessionRef, Action<SiloAddress?>, Detour> make)
{
    private readonly ConcurrentDictionary<SessionRef, Detour> _detours = new();
    private volatile int _count;

    public bool IsOn(SessionRef session) => _count != 0 && _detours.ContainsKey(session);

    /// <summary>Completes when nothing of what is on its way now is any more.</summary>
    public Task EndedAsync() => Task.WhenAll(_detours.Values.Select(static detour => detour.Ended));

    /// <param name="arrived">What the detour has to wait for, if it begins now.</param>
    public Detour Of(SessionRef session, Task? arrived = null) => _detours.TryGetValue(session, out var known) ? known : Begin(session, arrived ?? Task.CompletedTask);

    /// <summary>A detour holds the reference: whoever looks the session up meanwhile finds the detour with it.</summary>
    private Detour Begin(SessionRef session, Task arrived)
    {
        var detour = make(session, silo => Ended(session, silo));
        session.Hold();
        Interlocked.Increment(ref _count);
        _detours[session] = detour;
        // The caller may hold a shard's monitor, or be a grain whose turns this must not take.
        _ = Task.Run(() => detour.RunAsync(arrived));
        return detour;
    }

    private void Ended(SessionRef session, SiloAddress? silo)
    {
        if (silo is not null) session.Silo = silo;
        if (!_detours.TryRemove(session, out _)) return;
        Interlocked.Decrement(ref _count);
        session.Release();
    }
}
