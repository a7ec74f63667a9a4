using System.Globalization;
using OrleansBroker.TestKit;

namespace OrleansBroker.Durability.Tests;

/// <summary>A queue that is longer than what a session keeps in memory, of a session that has left memory itself (invariant H2).</summary>
public sealed class LongQueueTests
{
    private const int Messages = 3_000;

    private static readonly ConnectRequest Away = ConnectRequest.Persistent(MqttVersion.V50, "away", 3600);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Queue_OfASessionThatLeftMemoryAndABrokerThatWasKilled_ArrivesWholeAndInOrder(int qos)
    {
        var data = Directory.CreateTempSubdirectory("orleans-broker-queue-").FullName;
        string[] settings = [$"Broker:Storage:Path={data}", "Broker:Timing:OfflineIdle=1s", "Logging:LogLevel:OrleansBroker.Grains=Debug"];
        try
        {
            await using (var broker = await BrokerProcess.StartAsync(settings))
            {
                await using (var client = await RawClient.ConnectAsync(broker.Tcp, Away))
                {
                    await client.SubscribeAsync("t", qos);
                    await client.DisconnectAsync();
                }

                await PublishAsync(broker, 0, Messages / 3, qos);
                await WaitUntilAwayAsync(broker);
                await PublishAsync(broker, Messages / 3, 2 * Messages / 3, qos);
                await broker.KillAsync();
            }

            await using (var broker = await BrokerProcess.StartAsync(settings))
            {
                await PublishAsync(broker, 2 * Messages / 3, Messages, qos);
                await using var client = await RawClient.ConnectAsync(broker.Tcp, Away);
                for (var i = 0; i < Messages; i++) Assert.Equal(i.ToString(CultureInfo.InvariantCulture), (await client.ReceiveAsync()).Text);
                await client.ExpectNothingAsync();
            }
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task WaitUntilAwayAsync(BrokerProcess broker)
    {
        while (!broker.Errors.Contains("Session away leaves memory", StringComparison.Ordinal))
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
    }

    private static async Task PublishAsync(BrokerProcess broker, int from, int to, int qos)
    {
        await using var publisher = await RawClient.ConnectAsync(broker.Tcp, MqttVersion.V50);
        for (var i = from; i < to; i++) await publisher.PublishAsync("t", i.ToString(CultureInfo.InvariantCulture), qos);
        await publisher.DisconnectAsync();
    }
}
