using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>Shared messages on their way back to a group of which a part is lost, or is a gateway's.</summary>
public sealed class SharedReturnFaultTests : IAsyncLifetime
{
    private const string Topic = "returns/fault/t";
    private const int Messages = 20;

    private ThreeSilos _silos = null!;

    public async ValueTask InitializeAsync() => _silos = await ThreeSilos.StartAsync();

    public ValueTask DisposeAsync() => _silos.DisposeAsync();

    [Fact]
    public async Task SiloOfTheShard_DiesWithWhatWasGivenBack_NextOwnerOffersIt()
    {
        var (x, y) = (_silos.Other.Client("x"), _silos.Other.Client("y"));
        await _silos.Cluster.MoveShardAsync(Topic, _silos.Core);
        x.Prepare = static connection => connection.Acknowledges = false;
        await JoinAsync(x, receiveMaximum: 1);
        await PublishAsync();
        await JoinAsync(y);

        _silos.Core.CutOff();
        await x.DisconnectAsync(expiry: 0);
        await _silos.Cluster.KillAsync(_silos.Core);

        await AssertGetsAllAsync(y);
        await BrokerCluster.EventuallyAsync(() => _silos.Other.Outstanding.Count == 0);
    }

    [Fact]
    public async Task MemberOfAGateway_SessionEnds_AnotherGetsWhatTheGatewayHeld()
    {
        await _silos.Cluster.MoveShardAsync(Topic, _silos.Other);
        var x = await _silos.ConnectAsync("x", prepare: static connection => connection.Acknowledges = false, receiveMaximum: 1);
        await x.SubscribeAsync("$share/g/" + Topic, QoS.ExactlyOnce);
        await PublishAsync();
        Assert.Equal("0", await x.NextPayloadAsync());
        var y = _silos.Other.Client("y");
        await JoinAsync(y);

        await x.DisconnectAsync();

        await AssertGetsAllAsync(y);
    }

    /// <summary>An activation of the member that never saw the messages come.</summary>
    [Fact]
    public async Task Member_ReadsItsMessagesFromTheJournal_AnotherGetsThem()
    {
        await _silos.Cluster.MoveShardAsync(Topic, _silos.Other);
        var (x, y) = (_silos.Core.Client("x"), _silos.Other.Client("y"));
        await JoinAsync(x);
        await x.DisconnectAsync();
        await PublishAsync();
        await _silos.Cluster.DeactivateAsync("x");

        await JoinAsync(y);

        await AssertGetsAllAsync(y);
        await BrokerCluster.EventuallyAsync(() => _silos.Cluster.Nodes.All(static node => node.Outstanding.Count == 0));
        Assert.True(await x.ConnectAsync(TestClient.Durable));
        Assert.Equal(ReasonCode.NoMatchingSubscribers, await x.PublishAsync("returns/fault/none", "x"));
        x.HasNothing();
    }

    private static async Task JoinAsync(TestClient client, ushort receiveMaximum = 100)
    {
        await client.ConnectAsync(TestClient.Durable, receiveMaximum: receiveMaximum);
        await client.SubscribeAsync("$share/g/" + Topic, QoS.ExactlyOnce);
    }

    private static async Task AssertGetsAllAsync(TestClient client)
    {
        var received = new List<int>();
        while (received.Count < Messages) received.Add(int.Parse(await client.NextPayloadAsync()));
        Assert.Equal(Enumerable.Range(0, Messages), received.Order());
    }

    private async Task PublishAsync()
    {
        var publisher = _silos.Other.Client("p");
        for (var i = 0; i < Messages; i++) Assert.Equal(ReasonCode.Success, await publisher.PublishAsync(Topic, $"{i}"));
    }
}
