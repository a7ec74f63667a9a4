using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.OwnBroker;

/// <summary>Many connections are lost at once and come back at once: each is accepted, with the session that it had.</summary>
public sealed class ReconnectStormTests
{
    private const int Clients = 1_000;
    private const string Topic = "storm/t";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Connect_Of1000AtOnceAfterTheirLoss_IsAcceptedWithItsSession(bool isReset)
    {
        await using var broker = await OwnBroker.StartAsync();
        var requests = Enumerable.Range(0, Clients).Select(static i => RequestOf(i, Unique.ClientId())).ToArray();
        var clients = await ConnectAsync(broker, requests, isBack: false);
        for (var storm = 0; storm < 2; storm++)
        {
            await Task.WhenAll(clients.Select(client => isReset ? client.ResetAsync() : client.DisposeAsync().AsTask()));
            clients = await ConnectAsync(broker, requests, isBack: true);
        }

        await using var publisher = await broker.ConnectAsync(MqttVersion.V50);
        await publisher.PublishAsync(Topic, "to all", qos: 1);
        var received = await Task.WhenAll(clients.Select(static client => client.ReceiveAsync()));
        Assert.All(received, static message => Assert.Equal(("to all", 1, false), (message.Text, message.QoS, message.Dup)));
        await Task.WhenAll(clients.Select(static client => client.DisposeAsync().AsTask()));
    }

    /// <summary>Every other session ends with its connection.</summary>
    private static ConnectRequest RequestOf(int number, string clientId) =>
        number % 2 == 0 ? ConnectRequest.Persistent(MqttVersion.V50, clientId) : new ConnectRequest(MqttVersion.V311, clientId);

    private static Task<RawClient[]> ConnectAsync(OwnBroker broker, ConnectRequest[] requests, bool isBack) =>
        Task.WhenAll(requests.Select(async request =>
        {
            var (client, connAck) = await RawClient.ConnectWithAckAsync(broker.Endpoint, request);
            Assert.Equal(isBack && !request.CleanStart, connAck.SessionPresent);
            if (!connAck.SessionPresent)
                await client.SubscribeAsync(Topic, 1);
            return client;
        }));
}
