using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Routing;

namespace OrleansBroker.Grains.Sessions;

/// <summary>What a session causes outside: run in order, by one thread at a time, after the monitor is left.</summary>
internal sealed partial class SessionMonitor
{
    /// <summary>Of one attempt: an unreachable shard is asked again.</summary>
    private static readonly TimeSpan RegisterLimit = TimeSpan.FromSeconds(10);

    private Queue<SessionEffect>? _effects;
    private bool _runningEffects;
    private Task _routeRemovals = Task.CompletedTask;

    /// <summary>Routes of ended subscriptions that shards have not all confirmed yet.</summary>
    public Task RouteRemovals => Volatile.Read(ref _routeRemovals);

    /// <inheritdoc/>
    protected override void Left()
    {
        if (Volatile.Read(ref _effects) is not { } effects) return;
        while (true)
        {
            SessionEffect effect;
            lock (effects)
            {
                if (_runningEffects || !effects.TryDequeue(out effect)) return;
                _runningEffects = true;
            }

            Run(effect);
            lock (effects) _runningEffects = false;
        }
    }

    /// <summary>Under the monitor: the order of effects is the order of causes.</summary>
    private void TakeEffects()
    {
        while (_session.TryTakeEffect(out var effect))
        {
            var effects = _effects ??= new Queue<SessionEffect>();
            lock (effects) effects.Enqueue(effect);
        }
    }

    private void Run(in SessionEffect effect)
    {
        switch (effect.Kind)
        {
            case SessionEffectKind.Forward or SessionEffectKind.ReturnShared:
                _services.Router.Publish(((Publication)effect.Target!).PublishedBy(this));
                break;
            case SessionEffectKind.PublishWill:
                _services.Router.Publish(ToPublication((WillMessage)effect.Target!).PublishedBy(new WillPublisher(this)));
                break;
            case SessionEffectKind.RepeatWill:
                _services.Router.Publish(((Publication)effect.Target!).PublishedBy(new WillPublisher(this)));
                break;
            case SessionEffectKind.RemoveRoutes:
                RemoveRoutes((IReadOnlyList<Subscription>)effect.Target!, effect.Number);
                break;
            case SessionEffectKind.AnnounceShared:
                _services.Routes.AnnounceConnected(Identity.ClientId, (IReadOnlyList<Subscription>)effect.Target!);
                break;
            case SessionEffectKind.EnterNode:
                var entered = (NodeSubscriptions)effect.Target!;
                EnterNode(entered.Subscriptions, effect.Number, entered.Connection);
                break;
            case SessionEffectKind.LeaveNode:
                var left = (NodeSubscriptions)effect.Target!;
                LeaveNode(left.Subscriptions, effect.Number, left.Connection);
                break;
            case SessionEffectKind.LoadStored:
                _ = _services.Loader.LoadAsync(this, (StoredPage)effect.Target!);
                break;
            case SessionEffectKind.Ended:
                _ = _services.Lifetimes.EndedAsync(Identity.ClientId, RouteRemovals);
                break;
        }
    }

    /// <summary>Takes routes of ended subscriptions out of the shards, then forgets them (invariant B13); in the background.</summary>
    /// <param name="connection">The session's, when it has one.</param>
    public void RemoveRoutes(IReadOnlyList<Subscription> subscriptions, long incarnation, ISessionConnection? connection = null)
    {
        var removal = RemoveRoutesAsync(subscriptions, incarnation, connection);
        // Under the monitor and outside it alike: none may be lost.
        for (var before = RouteRemovals; ;)
        {
            var found = Interlocked.CompareExchange(ref _routeRemovals, Task.WhenAll(before, removal), before);
            if (found == before) return;
            before = found;
        }
    }

    /// <summary>
    /// Replayed subscriptions whose SUBACK may not have left: their routes are registered until every shard has them; in the background.
    /// </summary>
    public void RegisterAgain(IReadOnlyList<Subscription> pending)
    {
        if (pending.Count > 0) _ = Task.Run(() => RegisterAgainAsync(pending));
    }

    private async Task RegisterAgainAsync(IReadOnlyList<Subscription> pending)
    {
        var wishes = pending.Select(static subscription => new RouteWish(subscription, SendRetained: false)).ToArray();
        while (!_closed)
        {
            var (incarnation, isDurable) = await RunAsync(static session => (session.Incarnation, session.IsDurable));
            if (incarnation == 0) return;
            var registered = await _services.Routes.RegisterAsync(Identity.ClientId, incarnation, isDurable, wishes, connection: null, RegisterLimit);
            if (Array.TrueForAll(registered.IsRegistered, static isRegistered => isRegistered))
            {
                await RunAsync(session =>
                {
                    foreach (var subscription in pending) session.Registered(subscription);
                    return true;
                });
                return;
            }

            // What was not refused for want of time was refused at once.
            await Task.Delay(RegisterAgainDelay, _services.Clock.TimeProvider);
        }
    }

    private async Task RemoveRoutesAsync(IReadOnlyList<Subscription> subscriptions, long incarnation, ISessionConnection? connection)
    {
        await _services.Routes.RemoveAsync(Identity.ClientId, incarnation, subscriptions, connection);
        // A session that follows in the same journal must not carry these records for ever.
        await RunAsync(session =>
        {
            foreach (var subscription in subscriptions) session.Forget(subscription);
            return true;
        });
    }

    private Publication ToPublication(WillMessage will) =>
        new(will.Body, will.TopicLength, will.PropertiesLength, will.QoS, will.Retain, Identity.ClientId)
        {
            // The interval of a will counts from its publication (MQTT5 section 3.1.3.2.4).
            ExpiresAtMilliseconds = will.ExpirySeconds is { } seconds ? Now + (seconds * 1000L) : Publication.NeverExpires,
        };
}
