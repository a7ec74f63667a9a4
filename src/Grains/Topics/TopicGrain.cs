using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime.Placement;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Placement;
using OrleansBroker.Mqtt.Topics;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Topics;

/// <summary>
/// The owner of one shard: opens its journal, keeps its monitor in the silo's registry while it is active, and takes by grain
/// call what does not come from this silo.
/// </summary>
[GrainType("broker.topic"), ShardPlacement, KeepAlive, Reentrant]
internal sealed partial class TopicGrain(IGrainContext context, ShardServices services, ShardSpace space) : IGrainBase, ITopicGrain, ITopicQueries
{
    /// <summary>
    /// A session that cannot be reached in this time, which is more than it takes to notice a death, must not keep all topics of the shard from everybody else: it may get what
    /// comes later before what it is owed.
    /// </summary>
    private static readonly TimeSpan DeliveryPatience = TimeSpan.FromSeconds(10);

    private ShardMonitor _monitor = null!;
    private Journal _journal = null!;

    public IGrainContext GrainContext => context;

    public async Task OnActivateAsync(CancellationToken token)
    {
        var number = (int)this.GetPrimaryKeyLong();
        var started = services.Clock.NowMilliseconds;
        _monitor = new ShardMonitor(number, services, Lost);
        _journal = await services.Replays.OpenAsync(_monitor, token);
        var read = services.Clock.NowMilliseconds;
        // The journal has the routes of durable sessions alone (invariant B2).
        await _monitor.RegisterAsync(await services.Opening.FindRoutesAsync(number, token));
        services.Shards.Open(_monitor);
        LogOpened(services.Logger, number, read - started, services.Clock.NowMilliseconds - read);
    }

    public async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token)
    {
        // First and synchronously: nothing more is taken (invariant B5). What runs or waits now ends before the journal does.
        var started = services.Clock.NowMilliseconds;
        _monitor.Close();
        if (reason.ReasonCode == DeactivationReasonCode.Migrating) services.Counters.Add(BrokerCounter.ShardsMoved);
        await _monitor.LeaveAsync();
        await _monitor.SealAsync();
        services.Shards.Close(_monitor);
        // What the next owner delivers must not overtake what this one has.
        await services.Detours.DeliveredAsync().WaitAsync(DeliveryPatience, services.Clock.TimeProvider, token)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        var delivered = services.Clock.NowMilliseconds;
        Task ended = _journal.WhenCommittedAsync(_journal.End(JournalEnding.Close));
        // The deadline of a deactivation: a store that does not answer cannot keep the shard from its next owner.
        await ended.WaitAsync(token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _monitor.ReleaseClaim();
        LogClosed(services.Logger, _monitor.Number, delivered - started, services.Clock.NowMilliseconds - delivered);
    }

    public ValueTask<SiloAddress> OpenAsync() => ValueTask.FromResult(services.Senders.Self);

    public async ValueTask<SiloAddress> PublishAsync(ReadOnlyMemory<byte> batch, SiloAddress from)
    {
        // As in a lane: what such a silo had not done has been handed to others long ago.
        if (!services.Senders.IsDead(from)) services.Inbox.Enter(_monitor, batch, from);
        // Before this activation can end: what it would have to hand on would come after what is behind it.
        await _monitor.CaughtUpAsync();
        return services.Senders.Self;
    }

    public ValueTask MoveAsync(SiloAddress to)
    {
        if (!to.Equals(services.Senders.Self)) context.Migrate(new Dictionary<string, object> { [IPlacementDirector.PlacementHintKey] = to });
        return ValueTask.CompletedTask;
    }

    public async ValueTask<SiloAddress?> RegisterAsync(RouteRecord[] routes) => await _monitor.RegisterAsync(routes) ? services.Senders.Self : null;

    public async ValueTask RemoveAsync(RouteRecord[] routes) => await _monitor.RemoveAsync(routes);

    public async ValueTask GoneAsync(byte[] topic, string clientId, MatchRecord match)
    {
        var receiver = services.Sessions.Hold(clientId);
        try
        {
            await _monitor.RemoveStaleAsync(topic, match.ToMatch(receiver));
        }
        finally
        {
            services.Sessions.Release(receiver);
        }
    }

    public async ValueTask MemberConnectedAsync(string clientId, string[] filters, SiloAddress silo)
    {
        var member = services.Sessions.Hold(clientId);
        try
        {
            // A shard that was opened after the member subscribed does not know it yet.
            services.Sessions.Locate(member, silo);
            foreach (var filter in filters.Select(TopicFilter.Parse))
            {
                await _monitor.RunAsync(shard =>
                {
                    shard.MemberConnected(filter, clientId);
                    return (0, null);
                });
            }
        }
        finally
        {
            services.Sessions.Release(member);
        }
    }

    /// <summary>The next activation loads the shard from its journal.</summary>
    private void Lost(Exception? fault)
    {
        if (fault is not null) LogFault(services.Logger, fault, _monitor.Number);
        context.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationError, fault, "The shard cannot go on here."));
    }

    [LoggerMessage(2406, LogLevel.Debug, "Shard {Shard} is open: journal after {JournalMilliseconds} ms, routes after {RoutesMilliseconds} ms more")]
    private static partial void LogOpened(ILogger logger, int shard, long journalMilliseconds, long routesMilliseconds);

    [LoggerMessage(2407, LogLevel.Debug, "Shard {Shard} is closed: all delivered after {DeliveredMilliseconds} ms, journal closed after {JournalMilliseconds} ms more")]
    private static partial void LogClosed(ILogger logger, int shard, long deliveredMilliseconds, long journalMilliseconds);

    [LoggerMessage(2401, LogLevel.Critical, "A fault in shard {Shard}; it is loaded anew from its journal")]
    private static partial void LogFault(ILogger logger, Exception fault, int shard);
}
