using Microsoft.Extensions.Hosting;
using OrleansBroker.Broker.Options;
using OrleansBroker.Gateway.Connections;
using OrleansBroker.Gateway.Hosting;
using OrleansBroker.Gateway.Tests.Connections;
using OrleansBroker.Gateway.Transports;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Tests.Hosting;

/// <summary>The end of a gateway: slowly to the others, or at once where there are none.</summary>
public sealed class GatewayHostTests : IDisposable
{
    private const int Connections = 100;

    private readonly FakeCluster _cluster = new() { HasOtherGateway = true };
    private readonly Lifetime _lifetime = new();
    private readonly ConnectionRig _first = new(new LimitsOptions { DrainRate = 200 });
    private readonly List<ConnectionRig> _rigs = [];
    private readonly GatewayHost _host;

    public GatewayHostTests()
    {
        for (var i = 0; i < Connections; i++)
        {
            var rig = new ConnectionRig(sibling: _first);
            rig.Connect(i % 2 == 0 ? ProtocolVersion.Mqtt5 : ProtocolVersion.Mqtt311);
            rig.Packets();
            _rigs.Add(rig);
        }

        _host = new GatewayHost(_first.Registry, new PendingUpgrades(_first.Clock), _first.Services, _first.Clock, new TimingOptions(), _lifetime, _cluster);
        Assert.True(_host.StartAsync(CancellationToken.None).IsCompletedSuccessfully);
    }

    private int OpenCount => _rigs.Count(static rig => rig.Connection.IsOpen);

    public void Dispose()
    {
        _host.Dispose();
        _lifetime.Dispose();
    }

    [Fact]
    public async Task Drain_OtherGateway_ClosesAtTheRateWith0x9C()
    {
        _lifetime.StopApplication();
        Assert.Equal(Connections, OpenCount);

        var draining = _host.DrainAsync(TimeSpan.FromSeconds(60), CancellationToken.None);

        Assert.False(_first.Connection.IsOpen); // it had not sent CONNECT
        Assert.Equal(Connections - 10, OpenCount);
        Assert.False(_first.Registry.Accepted(_first.Connection, int.MaxValue));
        await PassUntilAsync(Connections - 20);
        await PassUntilAsync(Connections - 30);
        await EndAsync(draining);
        AssertTold(ReasonCode.UseAnotherServer);
    }

    [Fact]
    public async Task Drain_TooLittleTimeForTheRate_IsFaster()
    {
        var draining = _host.DrainAsync(TimeSpan.FromMilliseconds(250), CancellationToken.None);

        Assert.Equal(Connections - 25, OpenCount);
        await PassUntilAsync(Connections - 50);
        await EndAsync(draining);
    }

    [Fact]
    public void Stopping_NoOtherGateway_ClosesAllAtOnceWith0x8B()
    {
        _cluster.HasOtherGateway = false;

        _lifetime.StopApplication();

        Assert.Equal(0, OpenCount);
        AssertTold(ReasonCode.ServerShuttingDown);
        Assert.True(_host.DrainAsync(TimeSpan.FromSeconds(60), CancellationToken.None).IsCompletedSuccessfully);
    }

    private void AssertTold(ReasonCode expected) => Assert.All(_rigs, rig =>
    {
        Assert.Equal(CloseCause.Shutdown, rig.Connection.Cause);
        if (rig.Version == ProtocolVersion.Mqtt5) Assert.Equal(expected, rig.Disconnect().ReasonCode);
        else Assert.Empty(rig.Packets());
    });

    /// <summary>Step by step: the next one begins only after this.</summary>
    private async Task PassUntilAsync(int open)
    {
        while (OpenCount > open)
        {
            _first.Time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }

        Assert.Equal(open, OpenCount);
    }

    private async Task EndAsync(Task draining)
    {
        await PassUntilAsync(0);
        while (!draining.IsCompleted)
        {
            _first.Time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }

        await draining;
    }

    private sealed class Lifetime : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _stopping = new();

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => _stopping.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => _stopping.Cancel();

        public void Dispose() => _stopping.Dispose();
    }
}
