using Orleans.Concurrency;
using Orleans.Placement;
using OrleansBroker.Broker.Shards;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Topics;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Topics;

/// <summary>
/// The owner of one shard: opens its journal, keeps its monitor in the silo's registry while it is active, and takes by grain
/// call what does not come from this silo.
/// </summary>
[GrainType("broker.topic"), HashBasedPlacement, KeepAlive, Reentrant]
internal sealed class TopicGrain(IGrainContext context, ShardServices services) : IGrainBase, ITopicGrain
{
    private ShardMonitor _monitor = null!;
    private Journal _journal = null!;

    public IGrainContext GrainContext => context;

    public async Task OnActivateAsync(CancellationToken token)
    {
        var number = (int)this.GetPrimaryKeyLong();
        _monitor = services.NewMonitor(number);
        _journal = await services.Replays.OpenAsync(_monitor, token);
        services.Shards.Open(_monitor);
    }

    public async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token)
    {
        // First and synchronously: nobody enters any more (invariant B5).
        _monitor.Close();
        services.Shards.Close(_monitor);
        await _monitor.RunAsync(static shard =>
        {
            shard.Leave();
            return (0, null);
        });
        _journal.End(JournalEnding.Close);
        await services.Writer.WhenIdleAsync(token);
    }

    public ValueTask OpenAsync() => ValueTask.CompletedTask;

    public ValueTask PublishAsync(NodeItem[] items, SiloAddress from)
    {
        var publisher = new RemotePublisher(from, services.Senders);
        foreach (var item in items)
        {
            _monitor.Publish(item.Message!.ToPublication(services.Clock.NowMilliseconds, item.Token).PublishedBy(publisher));
        }

        return ValueTask.CompletedTask;
    }

    public async ValueTask RegisterAsync(RouteRecord[] routes)
    {
        foreach (var record in routes)
        {
            var receiver = services.Sessions.Hold(record.ClientId);
            receiver.Silo = record.Silo;
            var route = ToRoute(record, receiver);
            await _monitor.RunAsync(shard =>
            {
                var job = shard.Register(route, record.SendRetained, out var number);
                return (number, job);
            });
            services.Sessions.Release(receiver);
        }
    }

    public async ValueTask RemoveAsync(RouteRecord[] routes)
    {
        foreach (var record in routes)
        {
            var filter = Parse(record.Filter);
            await _monitor.RunAsync(shard => (shard.Remove(filter, record.ClientId, record.Incarnation, record.Version), null));
        }
    }

    public async ValueTask MemberConnectedAsync(string clientId, string[] filters)
    {
        foreach (var filter in filters.Select(Parse))
        {
            await _monitor.RunAsync(shard =>
            {
                shard.MemberConnected(filter, clientId);
                return (0, null);
            });
        }
    }

    internal static Route ToRoute(RouteRecord record, IReceiver receiver) => new(
        Parse(record.Filter),
        receiver,
        record.Incarnation,
        new RouteGrant(record.Version, (QoS)record.QoS, record.NoLocal, record.RetainAsPublished, record.Identifier),
        record.IsDurable);

    private static TopicFilter Parse(string filter) => TopicFilter.Parse(filter);
}
