using System.Collections.Immutable;
using System.Net.Sockets;
using OrleansBroker.Grains.Time;

namespace OrleansBroker.Grains.Nodes;

/// <inheritdoc cref="ISiloReach"/>
internal sealed class SiloReach(ClusterView cluster, NodeClient client, IClusterMembershipService membership, BrokerClock clock) : ISiloReach
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(1);

    public SiloAddress Self => cluster.Self;

    public ImmutableArray<SiloAddress> Active => cluster.Active;

    public Task PingAsync(SiloAddress silo) => client.For(silo).PingAsync().AsTask();

    public Task<bool> IsRefusedAsync(SiloAddress silo) => IsRefusedAsync(silo, clock.TimeProvider);

    public Task<bool> IsRefusedThereAsync(SiloAddress other, SiloAddress silo) => client.For(other).IsRefusedAsync(silo).AsTask();

    public async Task DeclareDeadAsync(SiloAddress silo)
    {
        // Orleans only takes note of what is to be declared dead, and while the store does not answer it tries that again at ever longer intervals, with all that comes behind
        // it: it is not told before the store answers. What is known here may also be older than a stop in good order.
        await membership.Refresh();
        if (membership.CurrentSnapshot.GetSiloStatus(silo) == SiloStatus.Active) await membership.TryKill(silo);
    }

    internal static async Task<bool> IsRefusedAsync(SiloAddress silo, TimeProvider time)
    {
        try
        {
            using var socket = new Socket(silo.Endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            using var limit = new CancellationTokenSource(ConnectLimit, time);
            await socket.ConnectAsync(silo.Endpoint, limit.Token);
            return false;
        }
        catch (SocketException refusal)
        {
            return refusal.SocketErrorCode == SocketError.ConnectionRefused;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
