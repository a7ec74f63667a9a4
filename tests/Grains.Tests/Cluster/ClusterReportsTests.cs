using Microsoft.Extensions.DependencyInjection;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>What nodes say of themselves, whichever is asked; the second is a core alone, and can be made to hang.</summary>
public sealed class ClusterReportsTests : IAsyncLifetime
{
    private readonly HangingStore _hanging = new();
    private BrokerCluster _cluster = null!;

    [Fact]
    public async Task ReadAsync_WhicheverIsAsked_HasTheFiguresOfAll()
    {
        var durable = _cluster.Node.Client("durable");
        await durable.ConnectAsync(TestClient.Durable);
        await durable.SubscribeAsync("reports/a");
        await durable.SubscribeAsync("$share/g/reports/b");
        await durable.DisconnectAsync();
        var transient = _cluster.Nodes[2].Client("transient");
        await transient.ConnectAsync();
        await transient.PublishAsync("reports/a", "queued", QoS.AtLeastOnce, retain: true);

        foreach (var node in _cluster.Nodes)
        {
            // A walk of a node's sessions serves for two seconds, and $SYS or a reader of metrics may have made one before: of either session's node.
            var reports = await UntilAsync(node, static reports => (reports.Sum(static report => report.QueuedMessages), reports.Sum(static report => report.ConnectedSessions)) == (1, 1));
            Assert.Equal((1, 1, 1), (reports.Sum(static report => report.ConnectedSessions), reports.Sum(static report => report.DisconnectedSessions), reports.Sum(static report => report.DurableSessions)));
            Assert.Equal((1, 1), (reports.Sum(static report => report.Subscriptions), reports.Sum(static report => report.SharedSubscriptions)));
            Assert.Equal(1, reports.Sum(static report => report.RetainedMessages));
            Assert.Equal(BrokerCluster.Shards, reports.Sum(static report => report.Shards));
            Assert.All(reports, static report => Assert.Equal(5, report.Lanes.Length));
            Assert.All(reports, static report => Assert.Contains("queue_full_oldest", report.Drops.Keys));
            Assert.All(reports, static report => Assert.InRange(report.StartedUtcMilliseconds, 1, report.AtUtcMilliseconds));
        }
    }

    [Fact]
    public async Task ReadAsync_EachNode_HasItsNameRolesAndStatus()
    {
        var cluster = await Reports(_cluster.Node).ReadAsync(TestContext.Current.CancellationToken);

        Assert.Equal(_cluster.Nodes.Select(static node => node.Address.ToParsableString()).Order(StringComparer.Ordinal), cluster.Nodes.Select(static node => node.Name).Order(StringComparer.Ordinal));
        Assert.All(cluster.Nodes, node => Assert.Equal(node.Name == Name(1) ? ["core"] : ["gateway", "core"], node.Roles));
        Assert.All(cluster.Nodes, static node => Assert.Equal((NodeStatus.Active, false), (node.Status, node.IsMissing)));
        Assert.Empty(cluster.Missing);
    }

    [Fact]
    public async Task ReadAsync_OneDoesNotAnswer_IsNamedAndTheOthersAnswer()
    {
        _hanging.Hang();
        try
        {
            var cluster = await Reports(_cluster.Node).ReadAsync(TestContext.Current.CancellationToken);

            Assert.Equal([Name(1)], cluster.Missing);
            Assert.Equal(2, cluster.Nodes.Count(static node => node.Report is not null));
            Assert.Equal((NodeStatus.Active, "core"), (Node(cluster, 1).Status, Assert.Single(Node(cluster, 1).Roles)));
        }
        finally
        {
            _hanging.Release();
        }
    }

    [Fact]
    public async Task ReadAsync_OneDrainsAndDies_IsToldByWhoSawIt()
    {
        var name = Name(1);
        foreach (var node in _cluster.Nodes) node.View.Drains(_cluster.Nodes[1].Address);
        var draining = await Reports(_cluster.Node).ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal(NodeStatus.Draining, draining.Nodes.Single(node => node.Name == name).Status);

        await _cluster.KillAsync(_cluster.Nodes[1]);
        ClusterNode? died = null;
        // The event comes a moment after the oracle says so.
        await BrokerCluster.EventuallyAsync(() =>
            (died = Reports(_cluster.Node).ReadAsync(TestContext.Current.CancellationToken).GetAwaiter().GetResult().Nodes.SingleOrDefault(node => node.Name == name)) is { Status: NodeStatus.Dead });
        Assert.NotNull(died!.DiedUtcMilliseconds);
        Assert.Equal(["core"], died.Roles);
        Assert.False(died.IsMissing);
    }

    public async ValueTask InitializeAsync()
    {
        _cluster = await BrokerCluster.StartAsync(
            silos: 3,
            roles: static silo => silo == 1 ? NodeRoles.Core : NodeRoles.Gateway | NodeRoles.Core,
            services: (silo, services) =>
            {
                if (silo == 1) services.AddSingleton<IStoreContact>(_hanging);
            });
        await _cluster.OpenShardsAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _hanging.Dispose();
    }

    private static IClusterReports Reports(BrokerNode node) => node.Silo.ServiceProvider.GetRequiredService<IClusterReports>();

    private static async Task<NodeReport[]> UntilAsync(BrokerNode node, Func<NodeReport[], bool> isSo)
    {
        using var limit = new CancellationTokenSource(TestClient.Patience);
        while (true)
        {
            var cluster = await Reports(node).ReadAsync(limit.Token);
            NodeReport[] reports = [.. cluster.Nodes.Select(static each => each.Report!)];
            if (isSo(reports)) return reports;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);
        }
    }

    private string Name(int node) => _cluster.Nodes[node].Address.ToParsableString();

    private ClusterNode Node(ClusterReport cluster, int node) => cluster.Nodes.Single(each => each.Name == Name(node));

    /// <summary>Who asks it waits.</summary>
    private sealed class HangingStore : IStoreContact, IDisposable
    {
        private readonly ManualResetEventSlim _free = new(initialState: true);

        public string? Trouble
        {
            get
            {
                _free.Wait(TestClient.Patience);
                return null;
            }
        }

        public void Hang() => _free.Reset();

        public void Release() => _free.Set();

        public void Dispose() => _free.Dispose();
    }
}
