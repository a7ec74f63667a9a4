using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using OrleansBroker.Grains.Nodes.Items;

namespace OrleansBroker.Grains.Nodes;

/// <summary>
/// The cluster as this silo sees it: who is active and in which roles, and who has died. Events come one after the other on a pool thread, never in the oracle's own turn;
/// a listener takes what concerns it and returns.
/// </summary>
internal sealed partial class ClusterView : ISiloStatusListener, ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly Channel<SiloAddress?> _events = Channel.CreateUnbounded<SiloAddress?>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<SiloAddress, bool> _draining = new();
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

    /// <summary>
    /// Those of <see cref="Active"/> that host sessions and shards. One that has just become active is missing until its roles are known here; one that is about to stop is
    /// missing while there are others.
    /// </summary>
    public ImmutableArray<SiloAddress> Cores => _silos.Cores;

    /// <summary>Those of <see cref="Active"/> that take connections, as soon as that is known here.</summary>
    public ImmutableArray<SiloAddress> Gateways => _silos.Gateways;

    /// <summary>This silo is about to stop.</summary>
    public bool IsDraining => _draining.ContainsKey(Self);

    /// <summary>The silo has said that it is about to stop.</summary>
    public bool IsDrainingAt(SiloAddress silo) => _draining.ContainsKey(silo);

    /// <summary>The silo is about to stop. Any thread; repeating it is harmless.</summary>
    public void Drains(SiloAddress silo)
    {
        // It never takes it back: restarted it is another one.
        if (!IsDead(silo) && _draining.TryAdd(silo, true)) _events.Writer.TryWrite(null);
    }

    /// <summary>What the silo reads and writes; null while its manifest is not known here.</summary>
    public ItemFormats? FormatsOf(SiloAddress silo) => ItemFormats.Read(_manifests.Current, silo);

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
            if (died is null)
            {
                ReadActive();
                continue;
            }

            _draining.TryRemove(died, out _);
            if (told.Add(died)) Listeners.Tell(Died, tell => tell(died), _logger);
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
        var cores = WithRole(NodeRoles.Core);
        var staying = cores.RemoveAll(_draining.ContainsKey);
        var silos = new Silos(active, staying.IsEmpty ? cores : staying, WithRole(NodeRoles.Gateway).RemoveAll(_draining.ContainsKey));
        if (silos.IsSameAs(_silos)) return;
        // A node that is alone has nothing to tell.
        if (silos.Active.Length > 1 || _silos.Active.Length > 1) LogNodes(silos.Active.Length, silos.Cores.Length, silos.Gateways.Length);
        foreach (var silo in silos.Cores.Union(silos.Gateways).Except(_silos.Cores).Except(_silos.Gateways))
        {
            if (FormatsOf(silo) is { } formats && !formats.Meets(ItemFormats.Own)) LogNoCommonFormat(silo, formats, ItemFormats.Own);
        }

        _silos = silos;
        Listeners.Tell(Changed, static tell => tell(), _logger);

        ImmutableArray<SiloAddress> WithRole(NodeRoles role) => active.RemoveAll(silo => !RolesProperty.Read(manifest, silo).HasFlag(role));
    }

    [LoggerMessage(2110, LogLevel.Information, "The cluster: nodes={Nodes} cores={Cores} gateways={Gateways}")]
    private partial void LogNodes(int nodes, int cores, int gateways);

    [LoggerMessage(2113, LogLevel.Error, "{Silo} runs a version of the program that this one cannot talk to (formats {Theirs}, here {Own}): a roll goes one version at a time")]
    private partial void LogNoCommonFormat(SiloAddress silo, ItemFormats theirs, ItemFormats own);

    private sealed record Silos(ImmutableArray<SiloAddress> Active, ImmutableArray<SiloAddress> Cores, ImmutableArray<SiloAddress> Gateways)
    {
        public bool IsSameAs(Silos other) => Active.SequenceEqual(other.Active) && Cores.SequenceEqual(other.Cores) && Gateways.SequenceEqual(other.Gateways);
    }
}
