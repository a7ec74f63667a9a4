using Microsoft.AspNetCore.Connections;
using OrleansBroker.Gateway.Tests.Connections;
using OrleansBroker.Gateway.Transports;

namespace OrleansBroker.Gateway.Tests.Transports;

public sealed class PendingUpgradesTests
{
    private readonly ConnectionRig _rig = new();

    [Fact]
    public async Task Around_OneMoreThanTheMaximum_IsNotServedUntilOneIsUpgraded()
    {
        var upgrades = new PendingUpgrades(_rig.Services.Clock);
        var served = new List<ConnectionContext>();
        var end = new TaskCompletionSource();
        var accept = upgrades.Around(
            connection =>
            {
                served.Add(connection);
                return end.Task;
            },
            maximum: 2);

        var running = new[] { accept(new DefaultConnectionContext()), accept(new DefaultConnectionContext()) };
        Assert.True(accept(new DefaultConnectionContext()).IsCompletedSuccessfully);
        Assert.Equal(2, served.Count);

        upgrades.Remove(served[0].Features.Get<PendingUpgrade>()!);
        var third = accept(new DefaultConnectionContext());
        Assert.Equal(3, served.Count);
        Assert.Equal(2, upgrades.Count);

        end.SetResult();
        await Task.WhenAll([.. running, third]);
        Assert.Equal(0, upgrades.Count);
    }

    [Fact]
    public async Task Sweep_Late_CutsThemAndNotTheUpgraded()
    {
        var upgrades = new PendingUpgrades(_rig.Services.Clock);
        var end = new TaskCompletionSource();
        var accept = upgrades.Around(_ => end.Task);
        await using var late = new DefaultConnectionContext();
        await using var upgraded = new DefaultConnectionContext();
        var running = new[] { accept(late), accept(upgraded) };
        upgrades.Remove(upgraded.Features.Get<PendingUpgrade>()!);

        var now = _rig.Services.Clock.NowMilliseconds;
        upgrades.Sweep(now - 1);
        Assert.False(late.ConnectionClosed.IsCancellationRequested);
        upgrades.Sweep(now);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, late.ConnectionClosed));
        Assert.False(upgraded.ConnectionClosed.IsCancellationRequested);
        end.SetResult();
        await Task.WhenAll(running);
    }
}
