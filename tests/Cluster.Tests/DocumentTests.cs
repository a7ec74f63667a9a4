using OrleansBroker.TestKit;

namespace OrleansBroker.Cluster.Tests;

/// <summary>The commands of docs/operations/cluster.md, as they stand there.</summary>
public sealed class DocumentTests(Database database)
{
    private const string Mark = "<!-- tests/Cluster.Tests runs these two -->\n```\n";

    [Fact]
    public async Task Commands_OfTheDocument_StartTwoNodesOfACluster()
    {
        var commands = Commands();
        Assert.Equal(2, commands.Length);
        var folders = commands.Select(static _ => Directory.CreateTempSubdirectory("orleans-broker-").FullName).ToArray();
        var connectionString = await database.Server.CreateSchemaAsync();
        await using var first = Start(folders[0], commands[0], connectionString);
        var firstReady = await first.WaitForLineAsync("ready ");
        await using var second = Start(folders[1], commands[1], connectionString);
        var secondReady = await second.WaitForLineAsync("ready ");
        while (!new[] { first, second }.All(static node => node.Errors.Contains("nodes=2 cores=2 gateways=2", StringComparison.Ordinal)))
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);

        await using var subscriber = await RawClient.ConnectAsync(TcpOf(firstReady), MqttVersion.V50);
        await using var publisher = await RawClient.ConnectAsync(TcpOf(secondReady), MqttVersion.V50);
        for (var i = 0; i < 10; i++)
        {
            await subscriber.SubscribeAsync($"both/{i}", 1);
            await publisher.PublishAsync($"both/{i}", $"{i}", 1);
            Assert.Equal($"{i}", (await subscriber.ReceiveAsync()).Text);
        }

        foreach (var node in new[] { first, second })
        {
            await node.SignalAsync("TERM");
            Assert.Equal(0, (await node.WaitAsync()).ExitCode);
        }

        foreach (var folder in folders) Directory.Delete(folder, recursive: true);
    }

    private static string[] Commands()
    {
        var document = File.ReadAllText(Repository.PathOf("docs", "operations", "cluster.md"));
        var begin = document.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length;
        Assert.InRange(begin, Mark.Length, document.Length);
        return document[begin..document.IndexOf("```", begin, StringComparison.Ordinal)].TrimEnd().Split('\n');
    }

    /// <summary>By a shell. What the document leaves to the environment is there, with free ports where it names none.</summary>
    private static ExternalTool Start(string folder, string command, string connectionString) => ExternalTool.Start(
        folder,
        "env",
        $"PATH={Path.GetDirectoryName(BrokerProcess.ProgramPath())}:{Environment.GetEnvironmentVariable("PATH")}",
        $"Broker__Storage__ConnectionString={connectionString}",
        "Broker__Listeners__Tcp=127.0.0.1:0",
        "Broker__Listeners__WebSocket=127.0.0.1:0",
        "Broker__Http__Listen=127.0.0.1:0",
        "Broker__Cluster__SiloPort=0",
        "bash",
        "-c",
        "exec " + command);

    private static Endpoint TcpOf(string ready) =>
        Endpoint.Parse(ready.Split(' ').Single(static part => part.StartsWith("tcp=", StringComparison.Ordinal))["tcp=".Length..]);
}
