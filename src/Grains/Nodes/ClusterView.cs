using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace OrleansBroker.Grains.Nodes;

/// <summary>
/// The cluster as this silo sees it: who is active and in which roles, and who has died. Events come one after the other on a pool thread, never in the oracle's own turn;
/// a listener takes what concerns it and returns.
/// </summary>
internal sealed partial class ClusterView : ISiloStatusListener, ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly Channel<SiloAddress?> _events = Channel.CreateUnbounded<SiloAddress?>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private readonly ISiloStatusOracle _oracle;
    private readonly IClusterManifestProvider _manifests;
    private readonly ILogger<ClusterView> _logger;
    private volatile Silos _silos = new([], [], []);

    public ClusterView(ISiloStatusOracle oracle, IClusterManifestProvider manifests, ILocalSiloDetails self, ILogger<ClusterView> logger)
    {
        _oracle = oracle;
        _manifests = manifests;
        _logger = logger;
        Self = self.SiloAddress;
    }

    /// <summary>A silo is dead, told once for each.</summary>
    public event Action<SiloAddress>? Died;

    /// <summary><see cref="Active"/>, <see cref="Cores"/> or <see cref="Gateways"/> is another.</summary>
    public event Action? Changed;

    public SiloAddress Self { get; }

    /// <summary>Silos that serve, this one included, in the order of their addresses.</summary>
    public ImmutableArray<SiloAddress> Active => _silos.Active;

    /// <summary>Those of <see cref="Active"/> that host sessions and shards. One that has just become active is missing until its roles are known here.</summary>
    public ImmutableArray<SiloAddress> Cores => _silos.Cores;

    /// <summary>Those of <see cref="Active"/> that have connections, as soon as that is known here.</summary>
    public ImmutableArray<SiloAddress> Gateways => _silos.Gateways;

    public bool IsDead(SiloAddress silo) => _oracle.IsDeadSilo(silo);

    /// <inheritdoc/>
    public void SiloStatusChangeNotification(SiloAddress updatedSilo, SiloStatus status)
    {
        _events.Writer.TryWrite(null);
        if (status == SiloStatus.Dead) _events.Writer.TryWrite(updatedSilo);
    }

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(ClusterView), ServiceLifecycleStage.RuntimeGrainServices, _ => StartAsync(), _ => StopAsync());

    public void Dispose() => _stop.Dispose();

    private Task StartAsync()
    {
        _oracle.SubscribeToSiloStatusEvents(this);
        ReadActive();
        _ = Task.Run(TellAsync);
        _ = Task.Run(WatchManifestsAsync);
        return Task.CompletedTask;
    }

    private Task StopAsync()
    {
        _oracle.UnSubscribeFromSiloStatusEvents(this);
        _events.Writer.TryComplete();
        return _stop.CancelAsync();
    }

    private async Task TellAsync()
    {
        var told = new HashSet<SiloAddress>();
        await foreach (var died in _events.Reader.ReadAllAsync())
        {
            if (died is null) ReadActive();
            else if (told.Add(died)) Died?.Invoke(died);
        }
    }

    private async Task WatchManifestsAsync()
    {
        try
        {
            await foreach (var manifest in _manifests.Updates.WithCancellation(_stop.Token)) _events.Writer.TryWrite(null);
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    private void ReadActive()
    {
        var manifest = _manifests.Current;
        var active = _oracle.GetApproximateSiloStatuses(onlyActive: true).Keys.Order().ToImmutableArray();
        var silos = new Silos(active, WithRole(NodeRoles.Core), WithRole(NodeRoles.Gateway));
        if (silos.IsSameAs(_silos)) return;
        // A node that is alone has nothing to tell.
        if (silos.Active.Length > 1 || _silos.Active.Length > 1) LogNodes(silos.Active.Length, silos.Cores.Length, silos.Gateways.Length);
        _silos = silos;
        Changed?.Invoke();

        ImmutableArray<SiloAddress> WithRole(NodeRoles role) => active.RemoveAll(silo => !RolesProperty.Read(manifest, silo).HasFlag(role));
    }

    [LoggerMessage(2110, LogLevel.Information, "The cluster: nodes={Nodes} cores={Cores} gateways={Gateways}")]
    private partial void LogNodes(int nodes, int cores, int gateways);

    private sealed record Silos(ImmutableArray<SiloAddress> Active, ImmutableArray<SiloAddress> Cores, ImmutableArray<SiloAddress> Gateways)
    {
        public bool IsSameAs(Silos other) => Active.SequenceEqual(other.Active) && Cores.SequenceEqual(other.Cores) && Gateways.SequenceEqual(other.Gateways);
    }
}
