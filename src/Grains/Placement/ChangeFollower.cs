using System.Threading.Channels;
using Microsoft.Extensions.Hosting;

namespace OrleansBroker.Grains.Placement;

/// <summary>Does its work again after each change, one run at a time; changes during a run are one.</summary>
internal abstract class ChangeFollower : BackgroundService
{
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        Subscribe(Wake);
        return base.StartAsync(cancellationToken);
    }

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        Unsubscribe(Wake);
        return base.StopAsync(cancellationToken);
    }

    protected abstract void Subscribe(Action changed);

    protected abstract void Unsubscribe(Action changed);

    protected abstract Task FollowAsync(CancellationToken stoppingToken);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var _ in _changes.Reader.ReadAllAsync(stoppingToken)) await FollowAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    private void Wake() => _changes.Writer.TryWrite(true);
}
