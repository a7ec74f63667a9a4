using OrleansBroker.TestKit;

namespace OrleansBroker.Api.Tests.Documentation;

/// <summary>The clients and topics that the pages of docs/rest speak of.</summary>
internal sealed class DocumentedClients : IAsyncDisposable
{
    private readonly RawClient _connected;

    private DocumentedClients(RawClient connected) => _connected = connected;

    /// <summary><c>thermometer-17</c> is connected, <c>plant/7</c> is away with messages in its queue, <c>plant/7/temperature</c> is retained.</summary>
    public static async Task<DocumentedClients> ConnectAsync(Endpoint broker)
    {
        var connected = await RawClient.ConnectAsync(broker, ConnectRequest.Persistent(MqttVersion.V50, "thermometer-17", 3600));
        await connected.SubscribeAsync("commands/#", 1);
        await using (var away = await RawClient.ConnectAsync(broker, ConnectRequest.Persistent(MqttVersion.V50, "plant/7", 3600)))
        {
            await away.SubscribeAsync("plant/+/temperature", 1);
            // What an earlier block of the page has left for it may come until the end.
            await away.SendAsync(Packet.Disconnect(MqttVersion.V50, Reason.Success, []));
            await away.ExpectClosedAsync(skipped: PacketType.Publish);
        }
        await using var publisher = await RawClient.ConnectAsync(broker, MqttVersion.V50);
        await publisher.PublishAsync("plant/7/temperature", "21.5", qos: 1, retain: true);
        return new(connected);
    }

    public ValueTask DisposeAsync() => _connected.DisposeAsync();
}
