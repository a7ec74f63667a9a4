using System.Globalization;
using OrleansBroker.TestKit;
using OrleansBroker.TestKit.Servers;

namespace OrleansBroker.Durability.Tests;

/// <summary>
/// A broker that is killed again and again under load and started again on the same store: what it acknowledged arrives, once at QoS 2, in order; every will goes; what
/// was retained last is retained. <c>KILLS=200</c> in the environment is the long run.
/// </summary>
public sealed class KillTests
{
    private static readonly int Kills = int.Parse(Environment.GetEnvironmentVariable("KILLS") ?? "5", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Kill_WithTheEmbeddedStore_NothingAcknowledgedIsLostDoubledOrOutOfOrder()
    {
        var folder = Directory.CreateTempSubdirectory("orleans-broker-durability-").FullName;
        try
        {
            await RunAsync($"Broker:Storage:Path={folder}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Kill_WithPostgres_NothingAcknowledgedIsLostDoubledOrOutOfOrder()
    {
        await using var server = await PostgresServer.CreateAsync();
        await RunAsync("Broker:Storage:Provider=Postgres", $"Broker:Storage:ConnectionString={await server.CreateSchemaAsync()}");
    }

    [Fact]
    public async Task Kill_WithAzureTables_NothingAcknowledgedIsLostDoubledOrOutOfOrder()
    {
        await using var server = await AzuriteServer.CreateAsync();
        await RunAsync("Broker:Storage:Provider=AzureTables", $"Broker:Storage:ConnectionString={server.ConnectionString()}");
    }

    private static async Task RunAsync(params string[] store)
    {
        string[] settings = [.. store, $"Broker:Listeners:Tcp=127.0.0.1:{FreePort.Next()}", "Broker:Limits:MaxQueuedMessages=1000000"];
        var broker = await BrokerProcess.StartAsync(settings);
        try
        {
            var crowd = new Crowd(broker.Tcp);
            await crowd.BeginAsync();
            var random = new Random(1);
            for (var kill = 0; kill < Kills; kill++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(100, 1_000)), TimeProvider.System, TestContext.Current.CancellationToken);
                await broker.KillAsync();
                await broker.DisposeAsync();
                broker = await BrokerProcess.StartAsync(settings);
            }

            await crowd.EndAsync(TestContext.Current.CancellationToken);
            await crowd.AssertWholeAsync();
            TestContext.Current.TestOutputHelper?.WriteLine($"{Kills} kills, {crowd}");
        }
        catch
        {
            TestContext.Current.TestOutputHelper?.WriteLine(broker.Errors);
            throw;
        }
        finally
        {
            await broker.DisposeAsync();
        }
    }
}
