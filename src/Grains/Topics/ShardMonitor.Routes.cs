using OrleansBroker.Broker.Shards;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Grains.Topics;

/// <summary>Routes as they come from the sessions' silos.</summary>
internal sealed partial class ShardMonitor
{
    /// <summary>Takes routes; completes when they are committed.</summary>
    /// <returns>Retained messages were given for them.</returns>
    public async Task<bool> RegisterAsync(RouteRecord[] routes)
    {
        var given = await Task.WhenAll(Array.ConvertAll(routes, RegisterAsync));
        await ConfirmedAsync();
        return Array.IndexOf(given, true) >= 0;
    }

    /// <summary>Removes routes unless newer ones stand in their place; completes when that is committed. Idempotent.</summary>
    public async Task RemoveAsync(RouteRecord[] routes)
    {
        await Task.WhenAll(Array.ConvertAll(routes, record =>
        {
            var filter = TopicFilter.Parse(record.Filter);
            return RunAsync(shard => (shard.Remove(filter, record.ClientId, record.Incarnation, record.Version), null));
        }));
        await ConfirmedAsync();
    }

    private async Task<bool> RegisterAsync(RouteRecord record)
    {
        var receiver = _services.Sessions.Hold(record.ClientId);
        try
        {
            _services.Sessions.Locate(receiver, record.Silo);
            var route = ToRoute(record, receiver);
            ShardJob? scan = null;
            await RunAsync(shard =>
            {
                scan = shard.Register(route, record.SendRetained, out var number);
                return (number, scan);
            });
            return scan is { HasGivenRetained: true };
        }
        finally
        {
            _services.Sessions.Release(receiver);
        }
    }

    private static Route ToRoute(RouteRecord record, IReceiver receiver) => new(
        record.Parsed ?? TopicFilter.Parse(record.Filter),
        receiver,
        record.Incarnation,
        new RouteGrant(record.Version, (QoS)record.QoS, record.NoLocal, record.RetainAsPublished, record.Identifier),
        record.IsDurable);
}
