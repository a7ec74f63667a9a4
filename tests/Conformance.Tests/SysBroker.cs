using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests;

/// <summary>A broker that speaks of itself often, for tests that count its clients and messages.</summary>
public sealed class SysBroker : IAsyncLifetime
{
    private OwnBroker.OwnBroker? _broker;

    public Endpoint Endpoint => _broker!.Endpoint;

    public async ValueTask InitializeAsync() => _broker = await OwnBroker.OwnBroker.StartAsync("Broker:Timing:SysInterval=100ms");

    public async ValueTask DisposeAsync()
    {
        if (_broker is not null)
            await _broker.DisposeAsync();
    }

    public Task<RawClient> ConnectAsync(MqttVersion version) => RawClient.ConnectAsync(Endpoint, version);

    public Task<RawClient> ConnectAsync(ConnectRequest request) => RawClient.ConnectAsync(Endpoint, request);
}
