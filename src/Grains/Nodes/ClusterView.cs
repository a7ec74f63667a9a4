using System.Collections.Immutable;
using System.Threading.Channels;

namespace OrleansBroker.Grains.Nodes;

/// <summary>
/// The cluster as this silo sees it: who is active, and who has died. Events come one after the other on a pool thread, never in the oracle's own turn;
/// a listener takes what concerns it and returns.
/// </summary>
internal sealed class ClusterView : ISiloStatusListener, ILifecycleParticipant<ISiloLifecycle>
{
    private readonly Channel<SiloAddress?> _events = Channel.CreateUnbounded<SiloAddress?>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ISiloStatusOracle _oracle;
    private ImmutableArray<SiloAddress> _active = [];

    public ClusterView(ISiloStatusOracle oracle, ILocalSiloDetails self)
    {
        _oracle = oracle;
        Self = self.SiloAddress;
    }

    /// <summary>A silo is dead, told once for each.</summary>
    public event Action<SiloAddress>? Died;

    /// <summary><see cref="Active"/> is another.</summary>
    public event Action? Changed;

    public SiloAddress Self { get; }

    /// <summary>Silos that serve, this one included, in the order of their addresses.</summary>
    public ImmutableArray<SiloAddress> Active => _active;

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

    private Task StartAsync()
    {
        _oracle.SubscribeToSiloStatusEvents(this);
        ReadActive();
        _ = Task.Run(TellAsync);
        return Task.CompletedTask;
    }

    private Task StopAsync()
    {
        _oracle.UnSubscribeFromSiloStatusEvents(this);
        _events.Writer.TryComplete();
        return Task.CompletedTask;
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

    private void ReadActive()
    {
        var active = _oracle.GetApproximateSiloStatuses(onlyActive: true).Keys.Order().ToImmutableArray();
        if (active.SequenceEqual(_active)) return;
        _active = active;
        Changed?.Invoke();
    }
}
