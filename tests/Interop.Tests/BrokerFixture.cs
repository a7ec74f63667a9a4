using OrleansBroker.TestKit;

namespace OrleansBroker.Interop.Tests;

/// <summary>One broker for the tests of a class.</summary>
public sealed class BrokerFixture : IAsyncLifetime
{
    private BrokerProcess? _broker;

    public Endpoint Tcp => _broker!.Tcp;

    public Endpoint WebSocket => _broker!.WebSocket!;

    public async ValueTask InitializeAsync() => _broker = await BrokerProcess.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_broker is not null)
            await _broker.DisposeAsync();
    }
}
