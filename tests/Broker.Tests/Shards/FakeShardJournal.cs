using System.Text;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Shards;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Broker.Tests.Shards;

/// <summary>Notes what a shard records, as text.</summary>
internal sealed class FakeShardJournal : IShardJournal
{
    public List<string> Records { get; } = [];

    public ulong Last => (ulong)Records.Count;

    public ulong PutRetained(Publication publication) => Add($"+{Encoding.UTF8.GetString(publication.Topic)}");

    public ulong RemoveRetained(ReadOnlySpan<byte> topic) => Add($"-{Encoding.UTF8.GetString(topic)}");

    public ulong PutRoute(Route route) => Add($"+{route.Filter.Text} {route.Receiver.ClientId}");

    public ulong RemoveRoute(TopicFilter filter, string clientId) => Add($"-{filter.Text} {clientId}");

    private ulong Add(string record)
    {
        Records.Add(record);
        return Last;
    }
}
