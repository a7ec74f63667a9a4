using OrleansBroker.TestKit;

namespace OrleansBroker.Api.Tests.Documentation;

/// <summary>The curl lines of docs/rest, and of docs/metrics.md, do what they are there for.</summary>
public sealed class CurlTests
{
    public static TheoryData<string> Files => [.. CurlBlocks.Files];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Lines_OfThePage_AreAnswered(string file)
    {
        await using var broker = await BrokerProcess.StartAsync();
        string folder = Directory.CreateTempSubdirectory("orleans-broker-docs-").FullName;
        try
        {
            foreach (string script in CurlBlocks.ScriptsOf(file, ("http://127.0.0.1:8080", $"http://{broker.Ready["http"]}"), ("127.0.0.1:11111@123456789", broker.Ready["node"])))
            {
                // For each block anew: the one before may have ended a session.
                await using var clients = await DocumentedClients.ConnectAsync(broker.Tcp);
                await using var bash = ExternalTool.Start(folder, "bash", "-c", script);
                var run = await bash.WaitAsync();
                Assert.True(run.ExitCode == 0, $"{file}: exit code {run.ExitCode}\n{run.Output}\n{run.Errors}\n{script}");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
