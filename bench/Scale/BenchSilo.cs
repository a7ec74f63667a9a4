using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Options;
using OrleansBroker.Grains.Hosting;
using OrleansBroker.Grains.Routing;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Topics;
using OrleansBroker.Storage.Journals;
using OrleansBroker.Storage.Memory;

namespace OrleansBroker.Scale;

/// <summary>The broker's silo with its memory store, put together as the program does, and <see cref="Connections"/> in the gateway's place.</summary>
internal sealed class BenchSilo : IAsyncDisposable
{
    private const int Shards = 64;

    private readonly IHost _host;

    private BenchSilo(IHost host) => _host = host;

    public Connections Connections => (Connections)_host.Services.GetRequiredService<IConnectionRegistry>();

    public ISessionControl Control => _host.Services.GetRequiredService<ISessionControl>();

    public IPublishRouter Router => _host.Services.GetRequiredService<IPublishRouter>();

    public static async Task<BenchSilo> StartAsync(int retained)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        var services = builder.Services;
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<IJournalStore, MemoryJournalStore>();
        services.AddSingleton(new LimitsOptions { MaxRetainedMessages = 2 * retained });
        services.AddSingleton(new TimingOptions());
        services.AddSingleton(new ShardSpace(Shards, 2));
        services.AddSingleton<IConnectionRegistry, Connections>();
        builder.UseOrleans(static silo => silo.UseSingleNode().AddBrokerGrains());
        var host = builder.Build();
        await host.StartAsync();
        var grains = host.Services.GetRequiredService<IGrainFactory>();
        await Task.WhenAll(Enumerable.Range(0, Shards).Select(shard => grains.GetGrain<ITopicGrain>(shard).OpenAsync().AsTask()));
        return new BenchSilo(host);
    }

    public async ValueTask DisposeAsync()
    {
        // A million activations need not say good-bye: the process ends.
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _host.StopAsync(soon.Token);
        _host.Dispose();
    }
}
