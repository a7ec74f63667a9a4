using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Nodes.Items;
using OrleansBroker.Grains.Nodes.Lanes;
using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Grains.Nodes;

/// <summary>The sessions to which something is on its way by grain calls. All but the look-up is done under the session's lock.</summary>
/// <param name="tellsPlace">What is sent after it goes where the last call found the session.</param>
internal sealed class SessionTable(ISessionGrains grains, NodeSenders senders, BrokerCounters counters, ILogger logger, bool tellsPlace)
{
    private readonly ConcurrentDictionary<SessionRef, Detour> _detours = new();
    private volatile int _count;

    public static NodeItem Deliver(SessionRef session, Publication publication, RouteMatch match) =>
        new() { Kind = NodeItemKind.Deliver, ClientId = session.ClientId, Message = publication, Match = match };

    public static NodeItem Offer(SessionRef session, SharedOffer offer) =>
        new() { Kind = NodeItemKind.Offer, ClientId = session.ClientId, Message = offer.Publication, Match = offer.Match, IsLastResort = offer.IsLastResort };

    public static NodeItem Retained(SessionRef session, Publication publication, RouteMatch match) =>
        new() { Kind = NodeItemKind.Retained, ClientId = session.ClientId, Message = publication, Match = match };

    public static NodeItem ReturnShared(SessionRef session, uint version) => new() { Kind = NodeItemKind.ReturnShared, ClientId = session.ClientId, Number = version };

    public bool IsOn(SessionRef session) => _count != 0 && _detours.ContainsKey(session);

    /// <summary>Completes when all that is on its way now has been taken.</summary>
    public Task TakenAsync() => Task.WhenAll(_detours.Values.Select(static detour => detour.TakenAsync()));

    /// <param name="arrived">What the detour has to wait for, if it begins now.</param>
    public Detour Of(SessionRef session, Task? arrived = null) => _detours.TryGetValue(session, out var known) ? known : Begin(session, arrived ?? Task.CompletedTask);

    public void Add(SessionRef session, in NodeItem item, in Awaited? awaited)
    {
        if (!Of(session).TryAdd(awaited is { } waiting ? item with { Token = senders.Outstanding.Detoured.Add(waiting) } : item)) counters.Drop(DropReason.LaneFull);
    }

    /// <summary>A detour holds the reference: whoever looks the session up meanwhile finds the detour with it.</summary>
    private Detour Begin(SessionRef session, Task arrived)
    {
        var detour = new Detour(
            session,
            session.ClientId,
            batch => grains.For(session.ClientId).DeliverAsync(batch, senders.Self),
            tryEnd => session.Local is { } monitor ? monitor.RunAsync(_ => tryEnd()) : ValueTask.FromResult(tryEnd()),
            silo => Ended(session, silo),
            senders,
            logger);
        session.Hold();
        Interlocked.Increment(ref _count);
        _detours[session] = detour;
        // The caller may hold a shard's monitor, or be a grain whose turns this must not take.
        _ = Task.Run(() => detour.RunAsync(arrived));
        return detour;
    }

    private void Ended(SessionRef session, SiloAddress? silo)
    {
        if (tellsPlace && silo is not null) session.Silo = silo;
        if (!_detours.TryRemove(session, out _)) return;
        Interlocked.Decrement(ref _count);
        session.Release();
    }
}
