using System.Globalization;
using System.Text;
using OrleansBroker.TestKit;
using OrleansBroker.TestKit.Numbers;

namespace OrleansBroker.Cluster.Tests.Faults;

/// <summary>Nodes that stand still and go on as if nothing had been (design section 7, invariant B1).</summary>
public sealed class FrozenNodeTests(Database database)
{
    private const int Topics = 16;
    private const int First = 1_000_000;
    private const int Sent = 200;

    [Fact]
    public async Task NodeOfBothRoles_GoesOnAfterItWasDeclaredDead_AcknowledgesNothingThatOthersMiss()
    {
        await using var cluster = await RunningCluster.StartAsync(database.Server, gateways: 0, cores: 0);
        await Task.WhenAll(cluster.AddBothAsync(), cluster.AddBothAsync());
        await cluster.SettleAsync();
        var (zombie, healthy) = (cluster.Both[0], cluster.Both[1]);
        // A pair whose messages need no other node, when the shard is there too.
        await using var receiving = await RawClient.ConnectAsync(zombie.Tcp, new ConnectRequest(MqttVersion.V50, "local"));
        await receiving.SubscribeAsync("pair/#", 1);
        var publisher = new FloodingPublisher();
        await publisher.ConnectAsync(zombie.Tcp);
        await using var waiting = await RawClient.ConnectAsync(zombie.Tcp, new ConnectRequest(MqttVersion.V50, "waiting"));
        var received = Task.Run(() => AcknowledgeAllAsync(receiving), TestContext.Current.CancellationToken);
        var flooding = Task.Run(publisher.RunAsync, TestContext.Current.CancellationToken);
        while (publisher.Acknowledged.Length < 500) await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);

        await zombie.SignalAsync("STOP");
        cluster.Forget(zombie);
        await cluster.SettleAsync();
        await using var late = await RawClient.ConnectAsync(healthy.Tcp, ConnectRequest.Persistent(MqttVersion.V50, "late", 3600));
        while ((await late.SubscribeWithAckAsync([("pair/#", 1)])).ReasonCodes is not [1]) TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        var before = publisher.Acknowledged.Length;
        // Sent after that subscription was confirmed, into the zombie's socket.
        for (var i = 0; i < Sent; i++) await waiting.SendAsync(Packet.Publish(MqttVersion.V50, $"pair/{i % Topics}", Encoding.ASCII.GetBytes($"{First + i}"), 1, i + 1));
        await zombie.SignalAsync("CONT");

        var after = await ReadAcknowledgedAsync(waiting);
        await flooding;
        await received;
        // What the zombie had taken before it stood still, and tells only now, it had taken before the subscription.
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{before} of the flood acknowledged before, {publisher.Acknowledged.Length - before} after, {publisher.Last} sent; {after.Count} of {Sent} that were sent to the zombie acknowledged");
        // Whoever published on the zombie goes on here; what it was told there must have come.
        await using var probe = await RawClient.ConnectAsync(healthy.Tcp, MqttVersion.V50);
        for (var i = 0; i < Topics; i++) await probe.PublishAsync($"pair/{i}", "0", 1);
        for (var ends = 0; ends < Topics;)
        {
            var number = int.Parse((await late.ReceiveAsync()).Text, CultureInfo.InvariantCulture);
            if (number == 0) ends++;
            after.Remove(number);
        }

        Assert.Empty(after);
        await cluster.WaitForEndAsync(zombie);
        await cluster.AddBothAsync();
        await cluster.SettleAsync();
        await AssertOneOwnerAsync(cluster, "local");
    }

    [Fact]
    public async Task Core_FrozenForLongerThanTheDetection_ConnectionsStayAndNothingIsLostDoubledOrOutOfOrder()
    {
        await using var cluster = await RunningCluster.StartAsync(database.Server, gateways: 2, cores: 2);
        await using var load = await SteadyLoad.StartAsync("frozen", cluster.Gateways[0].Tcp, cluster.Gateways[1].Tcp);
        var frozen = cluster.Cores[0];

        await frozen.SignalAsync("STOP");
        cluster.Forget(frozen);
        await cluster.SettleAsync();
        await load.ProgressAsync();
        await frozen.SignalAsync("CONT");

        await load.ProgressAsync();
        await cluster.WaitForEndAsync(frozen);
        await load.ProgressAsync();
        await load.EndAsync();
    }

    [Fact]
    public async Task Core_FrozenForLessThanTheDetection_IsAPause()
    {
        await using var cluster = await RunningCluster.StartAsync(database.Server, gateways: 2, cores: 2, "Broker:Timing:ProbeTimeout=10s", "Broker:Timing:LeaseValidity=20s");
        await using var load = await SteadyLoad.StartAsync("pause", cluster.Gateways[0].Tcp, cluster.Gateways[1].Tcp);

        foreach (var core in cluster.Cores)
        {
            await core.SignalAsync("STOP");
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
            await core.SignalAsync("CONT");
            await load.ProgressAsync();
        }

        await cluster.SettleAsync();
        await load.EndAsync();
        Assert.Equal(0, load.Repeated);
    }

    /// <summary>Numbers of those that succeeded, until the zombie ends.</summary>
    private static async Task<HashSet<int>> ReadAcknowledgedAsync(RawClient client)
    {
        var acknowledged = new HashSet<int>();
        try
        {
            while (await client.NextAsync(TimeSpan.FromMinutes(1)) is { Type: not PacketType.Disconnect } frame)
            {
                var ack = frame.ToAck(MqttVersion.V50);
                if (ack.ReasonCode == Reason.Success) acknowledged.Add(First + ack.PacketIdentifier - 1);
            }
        }
        catch (Exception end) when (Outage.Is(end))
        {
            // The zombie has ended.
        }

        return acknowledged;
    }

    private static async Task AcknowledgeAllAsync(RawClient client)
    {
        try
        {
            while (true) await client.ReceiveAsync(TimeSpan.FromMinutes(1));
        }
        catch (Exception end) when (Outage.Is(end))
        {
            // The zombie has ended.
        }
    }

    /// <summary>Each connection under one client id ends the one before, on whichever node that is.</summary>
    private static async Task AssertOneOwnerAsync(RunningCluster cluster, string clientId)
    {
        var request = ConnectRequest.Persistent(MqttVersion.V50, clientId, 3600);
        var client = await RawClient.ConnectAsync(cluster.Both[0].Tcp, request);
        for (var i = 1; i < 6; i++)
        {
            var next = await RawClient.ConnectAsync(cluster.Both[i % 2].Tcp, request);
            await client.ExpectDisconnectAsync(Reason.SessionTakenOver);
            await client.DisposeAsync();
            client = next;
        }

        await client.DisposeAsync();
    }

    /// <summary>Sends as much as it may until its connection ends, and notes what was acknowledged.</summary>
    private sealed class FloodingPublisher
    {
        private const int Window = 200;

        private readonly Lock _lock = new();
        private readonly Dictionary<int, int> _open = [];
        private readonly List<int> _acknowledged = [];
        private RawClient _client = null!;

        public int Last { get; private set; }

        public int[] Acknowledged
        {
            get
            {
                lock (_lock) return [.. _acknowledged];
            }
        }

        public async Task ConnectAsync(Endpoint gateway) => _client = await RawClient.ConnectAsync(gateway, new ConnectRequest(MqttVersion.V50, "flood"));

        public async Task RunAsync()
        {
            await using var client = _client;
            try
            {
                while (true)
                {
                    while (_open.Count < Window)
                    {
                        var id = client.NextPacketIdentifier() % ushort.MaxValue;
                        _open.Add(id, ++Last);
                        await client.SendAsync(Packet.Publish(MqttVersion.V50, $"pair/{Last % Topics}", Encoding.ASCII.GetBytes(Last.ToString(CultureInfo.InvariantCulture)), 1, id));
                    }

                    var frame = await client.NextAsync(TimeSpan.FromMinutes(1));
                    if (frame.Type == PacketType.Disconnect) return;
                    var ack = frame.ToAck(MqttVersion.V50);
                    _open.Remove(ack.PacketIdentifier, out var number);
                    if (ack.ReasonCode != Reason.Success) continue;
                    lock (_lock) _acknowledged.Add(number);
                }
            }
            catch (Exception end) when (Outage.Is(end))
            {
                // The zombie has ended.
            }
        }
    }
}
