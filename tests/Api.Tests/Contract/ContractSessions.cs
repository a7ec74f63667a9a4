using OrleansBroker.TestKit;

namespace OrleansBroker.Api.Tests.Contract;

/// <summary>Something to ask for: sessions, connected and not, with subscriptions, queues and retained messages.</summary>
internal sealed class ContractSessions : IAsyncDisposable
{
    private const int Count = 8;

    private readonly List<RawClient> _clients = [];

    public IReadOnlyList<string> ClientIds { get; private init; } = [];

    public static async Task<ContractSessions> OpenAsync(Endpoint broker, IReadOnlyList<string> topics)
    {
        string[] ids = [.. Enumerable.Range(0, Count).Select(static number => $"contract/{number}"), "~contract", "..", "é😀"];
        var sessions = new ContractSessions { ClientIds = ids };
        foreach (var (id, number) in ids.Select(static (id, number) => (id, number)))
        {
            var client = await RawClient.ConnectAsync(broker, ConnectRequest.Persistent(number % 3 == 0 ? MqttVersion.V311 : MqttVersion.V50, id, 3600));
            await client.SubscribeAsync("plant/#", 1);
            await client.SubscribeAsync(topics[0], 0);
            if (number % 2 == 0)
                sessions._clients.Add(client);
            else
            {
                await client.DisconnectAsync();
                await client.DisposeAsync();
            }
        }
        await using var publisher = await RawClient.ConnectAsync(broker, MqttVersion.V50);
        for (int i = 0; i < Count; i++)
            await publisher.PublishAsync("plant/7/temperature", $"{i}", qos: 1, retain: i == 0);
        return sessions;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            await client.DisposeAsync();
    }
}
