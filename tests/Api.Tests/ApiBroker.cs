using OrleansBroker.TestKit;

[assembly: AssemblyFixture(typeof(OrleansBroker.Api.Tests.ApiBroker))]

namespace OrleansBroker.Api.Tests;

/// <summary>The real program, one for all tests that change nothing of it; each uses names of its own (<see cref="Unique"/>).</summary>
public sealed class ApiBroker : IAsyncLifetime
{
    private BrokerProcess? _process;

    public BrokerProcess Process => _process!;

    /// <summary>Paths as they are written: not made canonical, as HttpClient does.</summary>
    public ApiClient Api { get; private set; } = null!;

    /// <summary>Where MQTT clients connect.</summary>
    public Endpoint Mqtt => Process.Tcp;

    public async ValueTask InitializeAsync()
    {
        _process = await BrokerProcess.StartAsync();
        Api = new(new($"http://{_process.Ready["http"]}"));
    }

    public async ValueTask DisposeAsync()
    {
        Api?.Dispose();
        if (_process is not null) await _process.DisposeAsync();
    }
}
