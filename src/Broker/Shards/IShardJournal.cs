using OrleansBroker.Broker.Messages;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Broker.Shards;

/// <summary>Where a shard records what must survive it; every call encodes one record under the shard's monitor and returns its number.</summary>
public interface IShardJournal
{
    ulong PutRetained(Publication publication);

    ulong RemoveRetained(ReadOnlySpan<byte> topic);

    ulong PutRoute(Route route);

    ulong RemoveRoute(TopicFilter filter, string clientId);
}
