using OrleansBroker.Api.Tests.Contract;
using OrleansBroker.TestKit;

namespace OrleansBroker.Api.Tests.Frame;

/// <summary>The real program with a file of keys.</summary>
public sealed class KeyedBrokerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("orleans-broker-keys-").FullName;

    private string Keys => Path.Combine(_folder, "keys");

    [Fact]
    public async Task Broker_WithKeys_LetsInWhoHasOne()
    {
        string admin = await AddAsync("admin");
        await using var broker = await BrokerProcess.StartAsync("Broker:Http:Listen=0.0.0.0:0", $"Broker:Http:KeyFile={Keys}", "Broker:Timing:PasswordFilePoll=100ms");
        using var api = new ApiClient(new($"http://127.0.0.1:{broker.Http!.PortText}"));

        Assert.Equal(200, (await api.GetAsync("/health/live")).Status);
        Assert.Equal(200, (await api.GetAsync("/health/ready")).Status);
        Assert.Equal(200, (await api.GetAsync("/api/v1", admin)).Status);
        var description = new ApiDescription((await api.GetAsync("/api/v1/openapi.json", admin)).Json);
        foreach (var operation in description.Operations)
            Assert.Equal((operation.ToString(), 401), (operation.ToString(), (await api.SendAsync(operation.Method, operation.Path.Replace('{', 'x').Replace('}', 'x'))).Status));

        // A running broker notices, within its pace.
        string reader = await AddAsync("read");
        await ExternalTool.RunAsync(BrokerProcess.ProgramPath(), "api-key", "remove", Keys, "admin");
        await UntilAsync(api, reader, 200);
        await UntilAsync(api, admin, 401);
        Assert.DoesNotContain(reader, broker.Errors + broker.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Broker_BeyondLoopbackWithoutKeys_DoesNotStart()
    {
        var run = await ExternalTool.RunAsync(BrokerProcess.ProgramPath(), "--Broker:Http:Listen=0.0.0.0:0");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("Broker:Http:Listen: 0.0.0.0:0 is reached from beyond this machine", run.Errors, StringComparison.Ordinal);
        Assert.Contains("Broker:Http:KeyFile", run.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task UntilAsync(ApiClient api, string key, int status)
    {
        while ((await api.GetAsync("/api/v1", key)).Status != status)
            await Task.Yield();
    }

    private async Task<string> AddAsync(string role)
    {
        var added = await ExternalTool.RunAsync(BrokerProcess.ProgramPath(), "api-key", "add", Keys, role, "--role", role);
        Assert.Equal((0, ""), (added.ExitCode, added.Errors));
        return added.Output.Trim();
    }
}
