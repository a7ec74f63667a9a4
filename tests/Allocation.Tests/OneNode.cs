using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.TestingHost;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Gateway.Admission;
using OrleansBroker.Gateway.Admission.Rules;
using OrleansBroker.Gateway.Connections;
using OrleansBroker.Grains.Hosting;
using OrleansBroker.Grains.Routing;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Time;
using OrleansBroker.Grains.Topics;
using OrleansBroker.Storage.Journals;
using OrleansBroker.Storage.Memory;

namespace OrleansBroker.Allocation.Tests;

/// <summary>A whole broker in this process but for its sockets: one silo with the default limits, its gateway, and 100 rules of who may what.</summary>
public sealed class OneNode : IAsyncLifetime
{
    private const int Rules = 100;
    private const int Shards = 8;

    private readonly MemoryJournalStore _store = new();
    private InProcessTestCluster _cluster = null!;
    private MeterListener? _listener;

    internal GatewayServices Gateway { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.Options.ConfigureFileLogging = false;
        builder.Options.InitializeClientOnDeploy = false;
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton(TimeProvider.System);
            silo.Services.AddSingleton<IJournalStore>(_store);
            silo.Services.AddSingleton(new LimitsOptions());
            silo.Services.AddSingleton(new TimingOptions());
            silo.Services.AddSingleton(new ShardSpace(Shards, Levels: 2));
            silo.Services.AddSingleton<ConnectionRegistry>();
            silo.Services.AddSingleton<IConnectionRegistry>(static provider => provider.GetRequiredService<ConnectionRegistry>());
            silo.AddBrokerGrains();
        });
        _cluster = builder.Build();
        await _cluster.DeployAsync();
        var silo = _cluster.Silos[0].ServiceProvider;
        // As the program does before it listens: a message for a shard that is not open takes another way.
        var grains = silo.GetRequiredService<IGrainFactory>();
        for (var shard = 0; shard < Shards; shard++)
            await grains.GetGrain<ITopicGrain>(shard).OpenAsync();
        Gateway = GatewayOf(silo);
        _listener = Listen(silo.GetRequiredService<BrokerMeter>());
    }

    public async ValueTask DisposeAsync()
    {
        _listener?.Dispose();
        await _cluster.DisposeAsync();
        await _store.DisposeAsync();
    }

    private static GatewayServices GatewayOf(IServiceProvider silo) => new(
        silo.GetRequiredService<BrokerClock>(),
        silo.GetRequiredService<LimitsOptions>(),
        silo.GetRequiredService<TimingOptions>(),
        new AnonymousAuthenticator(AnonymousPolicy.Everywhere),
        new RuleAuthorizer(AuthorizationFile.Parse("rules", RuleLines()), silo.GetRequiredService<LimitsOptions>().PermissionCacheEntries),
        silo.GetRequiredService<ISessionControl>(),
        silo.GetRequiredService<IPublishRouter>(),
        silo.GetRequiredService<BrokerCounters>(),
        silo.GetRequiredService<ConnectionRegistry>(),
        new ConnectionLog(NullLogger<ConnectionLog>.Instance, TimeProvider.System),
        instruments: new GatewayInstruments(silo.GetRequiredService<BrokerMeter>(), silo.GetRequiredService<ConnectionRegistry>()));

    /// <summary>Somebody takes every measurement of the broker's, as in the program.</summary>
    private static MeterListener Listen(BrokerMeter meter)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (ReferenceEquals(instrument.Meter, meter.Meter)) self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>(static (_, _, _, _) => { });
        listener.SetMeasurementEventCallback<int>(static (_, _, _, _) => { });
        listener.SetMeasurementEventCallback<long>(static (_, _, _, _) => { });
        listener.Start();
        return listener;
    }

    private static string[] RuleLines() => [.. Enumerable.Range(0, Rules).Select(static i => $"deny all publish plant/{i}/secret/#"), "default allow"];
}
