using System.Globalization;
using System.Net;
using System.Net.Sockets;
using OrleansBroker.TestKit;

namespace OrleansBroker.Durability.Tests;

/// <summary>
/// A broker that is killed again and again under load and started again on the same files: what it acknowledged arrives, once at QoS 2, in order.
/// <c>KILLS=200</c> in the environment is the long run.
/// </summary>
public sealed class KillTests
{
    private static readonly int Kills = int.Parse(Environment.GetEnvironmentVariable("KILLS") ?? "5", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Kill_AgainAndAgainUnderLoad_NothingAcknowledgedIsLostDoubledOrOutOfOrder()
    {
        var folder = Directory.CreateTempSubdirectory("orleans-broker-durability-").FullName;
        string[] settings = [$"Broker:Storage:Path={Path.Combine(folder, "data")}", $"Broker:Listeners:Tcp=127.0.0.1:{FreePort()}", "Broker:Limits:MaxQueuedMessages=1000000"];
        var broker = await BrokerProcess.StartAsync(settings);
        try
        {
            NumberedPublisher[] publishers = [.. Enumerable.Range(0, 4).Select(i => new NumberedPublisher(broker.Tcp, $"numbers/{i}", 1 + (i % 2)))];
            NumberedSubscriber[] subscribers =
            [
                new(broker.Tcp, "always", "numbers/#", online: null),
                new(broker.Tcp, "now-and-then", "numbers/+", TimeSpan.FromMilliseconds(700)),
                new(broker.Tcp, "later", "numbers/#", TimeSpan.FromHours(1)),
            ];
            foreach (var subscriber in subscribers) await subscriber.SubscribeAsync();

            using var stopPublishing = new CancellationTokenSource();
            using var stopReceiving = new CancellationTokenSource();
            var publishing = publishers.Select(publisher => Task.Run(() => publisher.RunAsync(stopPublishing.Token))).ToArray();
            // The last one is away until the end.
            var receiving = subscribers[..2].Select(subscriber => Task.Run(() => subscriber.RunAsync(IsComplete, stopReceiving.Token))).ToList();
            var random = new Random(1);
            for (var kill = 0; kill < Kills; kill++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(100, 1_000)), TimeProvider.System, TestContext.Current.CancellationToken);
                await broker.KillAsync();
                await broker.DisposeAsync();
                broker = await BrokerProcess.StartAsync(settings);
            }

            await stopPublishing.CancelAsync();
            await Task.WhenAll(publishing).WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
            await stopReceiving.CancelAsync();
            receiving.Add(subscribers[2].RunAsync(IsComplete, stopReceiving.Token));
            try
            {
                await Task.WhenAll(receiving).WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
            }
            catch (TimeoutException)
            {
                // What is missing is said below.
            }

            foreach (var subscriber in subscribers) AssertWhole(subscriber, publishers);
            TestContext.Current.TestOutputHelper?.WriteLine($"{Kills} kills, {publishers.Sum(publisher => publisher.Acknowledged.Count)} messages acknowledged");

            bool IsComplete(NumberedSubscriber subscriber) => publishers.All(publisher => Missing(subscriber, publisher).Length == 0);
        }
        finally
        {
            await broker.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void AssertWhole(NumberedSubscriber subscriber, NumberedPublisher[] publishers)
    {
        foreach (var publisher in publishers)
        {
            var missing = Missing(subscriber, publisher);
            Assert.True(missing.Length == 0, $"{subscriber.Name} misses {missing.Length} of {publisher.Acknowledged.Count} of {publisher.Topic} at QoS {publisher.QoS}: {string.Join(' ', missing.Take(20))}");
        }

        Assert.Empty(subscriber.Doubled);
        Assert.Empty(subscriber.Disordered);
    }

    private static int[] Missing(NumberedSubscriber subscriber, NumberedPublisher publisher)
    {
        var received = subscriber.Of(publisher.Topic);
        if (received.Count >= publisher.Acknowledged.Count && publisher.Acknowledged.All(received.ToHashSet().Contains)) return [];
        return [.. publisher.Acknowledged.Except(received)];
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
