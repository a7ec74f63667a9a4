using OrleansBroker.TestKit;

namespace OrleansBroker.Api.Tests.Documentation;

/// <summary>The curl lines of docs/rest do what they are there for.</summary>
public sealed class CurlTests
{
    public static TheoryData<string> Files => [.. CurlBlocks.Files];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Lines_OfThePage_AreAnswered(string file)
    {
        await using var broker = await BrokerProcess.StartAsync();
        await using var clients = await DocumentedClients.ConnectAsync(broker.Tcp);
        string script = CurlBlocks.ScriptOf(file, ("http://127.0.0.1:8080", $"http://{broker.Ready["http"]}"), ("127.0.0.1:11111@123456789", broker.Ready["node"]));

        var run = await ExternalTool.RunAsync("bash", "-c", script);

        Assert.True(run.ExitCode == 0, $"{file}: exit code {run.ExitCode}\n{run.Output}\n{run.Errors}\n{script}");
        Assert.Matches(@"(?m)^called [1-9]\d*$", run.Output);
    }
}
