using OrleansBroker.TestKit;

[assembly: AssemblyFixture(typeof(OrleansBroker.Conformance.Tests.BrokerFixture))]

namespace OrleansBroker.Conformance.Tests;

/// <summary>One broker for all tests of this project; they keep apart by client ids and topics of their own.</summary>
public sealed class BrokerFixture : IAsyncLifetime
{
    /// <summary>Short, so that its test is; the default of 10 s is the options' own matter.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    private BrokerProcess? _broker;

    /// <summary>Where the tests connect: over TCP, or over what <see cref="TestTransport"/> says.</summary>
    public Endpoint Endpoint => TestTransport.Of(_broker!);

    /// <summary>For tests of the WebSocket itself, whatever the others run over.</summary>
    public Endpoint WebSocket => _broker!.WebSocket!;

    public Endpoint Http => _broker!.Http!;

    public async ValueTask InitializeAsync() =>
        _broker = await BrokerProcess.StartAsync([.. TestTransport.Settings, $"Broker:Timing:ConnectTimeout={ConnectTimeout}"]);

    public async ValueTask DisposeAsync()
    {
        if (_broker is not null)
            await _broker.DisposeAsync();
    }

    public Task<RawClient> ConnectAsync(MqttVersion version) => RawClient.ConnectAsync(Endpoint, version);

    public Task<RawClient> ConnectAsync(ConnectRequest request) => RawClient.ConnectAsync(Endpoint, request);
}
