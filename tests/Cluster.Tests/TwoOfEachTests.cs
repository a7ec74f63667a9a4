using System.Globalization;
using System.Text;
using OrleansBroker.TestKit;

namespace OrleansBroker.Cluster.Tests;

/// <summary>Two gateways and two cores: publisher, shard, session and subscriber are on any of them.</summary>
public sealed class TwoOfEachTests(TwoOfEachTests.TwoOfEach nodes) : IClassFixture<TwoOfEachTests.TwoOfEach>
{
    private const int Messages = 2_000;
    private const int Window = 50;

    private readonly RunningCluster _cluster = nodes.Cluster;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Publish_OnOneGatewaySubscribedOnTheOther_OrderOfEachTopicIsKept(int qos)
    {
        const int Topics = 8;
        await using var subscriber = await RawClient.ConnectAsync(_cluster.Gateways[1].Tcp, MqttVersion.V50);
        await subscriber.SubscribeAsync($"order{qos}/#", qos);
        await using var publisher = await RawClient.ConnectAsync(_cluster.Gateways[0].Tcp, MqttVersion.V50);
        var receiving = ReceiveAsync(subscriber);

        for (var first = 0; first < Messages; first += Window)
        {
            for (var i = first; i < first + Window; i++)
                await publisher.SendAsync(Packet.Publish(MqttVersion.V50, $"order{qos}/{i % Topics}/t", Encoding.ASCII.GetBytes($"{i}"), qos, qos == 0 ? 0 : (i % Window) + 1));
            await CompleteAsync(publisher, qos);
        }

        var received = await receiving;
        Assert.Equal(Enumerable.Range(0, Messages), received.Values.SelectMany(static numbers => numbers).Order());
        Assert.All(received.Values, static numbers => Assert.Equal(numbers.Order(), numbers));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Session_ComesBackOnTheOtherGateway_GoesOn(int gateway)
    {
        var request = ConnectRequest.Persistent(MqttVersion.V50, $"roams{gateway}", 3600);
        await using (var first = await RawClient.ConnectAsync(_cluster.Gateways[gateway].Tcp, request))
        {
            await first.SubscribeAsync($"roams{gateway}/#", 1);
            await first.DisconnectAsync();
        }

        await using var publisher = await RawClient.ConnectAsync(_cluster.Gateways[gateway].Tcp, MqttVersion.V50);
        // Topics of both cores' shards.
        for (var i = 0; i < 20; i++) await publisher.PublishAsync($"roams{gateway}/{i}/t", $"{i}", 1);

        var (again, connAck) = await RawClient.ConnectWithAckAsync(_cluster.Gateways[1 - gateway].Tcp, request);
        await using (again)
        {
            Assert.True(connAck.SessionPresent);
            var received = new List<int>();
            for (var i = 0; i < 20; i++) received.Add(int.Parse((await again.ReceiveAsync()).Text, CultureInfo.InvariantCulture));
            Assert.Equal(Enumerable.Range(0, 20), received.Order());
        }
    }

    [Fact]
    public async Task Connect_WithTheSameClientIdOnTheOtherGateway_TakesTheSessionOver()
    {
        var request = ConnectRequest.Persistent(MqttVersion.V50, "twice", 3600);
        await using var first = await RawClient.ConnectAsync(_cluster.Gateways[0].Tcp, request);
        await using var second = await RawClient.ConnectAsync(_cluster.Gateways[1].Tcp, request);

        await first.ExpectDisconnectAsync(Reason.SessionTakenOver);
        await second.PingAsync();
    }

    [Fact]
    public async Task SharedSubscription_MembersOnBothGateways_EachMessageOnce()
    {
        await using var first = await RawClient.ConnectAsync(_cluster.Gateways[0].Tcp, MqttVersion.V50);
        await using var second = await RawClient.ConnectAsync(_cluster.Gateways[1].Tcp, MqttVersion.V50);
        await first.SubscribeAsync("$share/g/jobs/a/t", 1);
        await second.SubscribeAsync("$share/g/jobs/a/t", 1);
        await using var publisher = await RawClient.ConnectAsync(_cluster.Gateways[0].Tcp, MqttVersion.V50);

        for (var i = 0; i < 20; i++) await publisher.PublishAsync("jobs/a/t", $"{i}", 1);

        var received = new List<int>();
        foreach (var member in new[] { first, second })
        {
            for (var i = 0; i < 10; i++) received.Add(int.Parse((await member.ReceiveAsync()).Text, CultureInfo.InvariantCulture));
            await member.ExpectNothingAsync();
        }

        Assert.Equal(Enumerable.Range(0, 20), received.Order());
    }

    /// <summary>All answers of a window.</summary>
    private static async Task CompleteAsync(RawClient publisher, int qos)
    {
        if (qos == 0) await publisher.PingAsync();
        for (var done = 0; qos > 0 && done < Window;)
        {
            var ack = (await publisher.NextAsync()).ToAck(MqttVersion.V50);
            Assert.Equal(Reason.Success, ack.ReasonCode);
            if (ack.Type == PacketType.PubRec) await publisher.SendAsync(Packet.Acknowledge(PacketType.PubRel, ack.PacketIdentifier));
            else done++;
        }
    }

    private static async Task<Dictionary<string, List<int>>> ReceiveAsync(RawClient subscriber)
    {
        var received = new Dictionary<string, List<int>>();
        for (var count = 0; count < Messages;)
        {
            var frame = await subscriber.NextAsync();
            if (frame.Type == PacketType.PubRel)
            {
                await subscriber.SendAsync(Packet.Acknowledge(PacketType.PubComp, frame.ToAck(MqttVersion.V50).PacketIdentifier));
                continue;
            }

            var publish = frame.ToPublish(MqttVersion.V50);
            if (!received.TryGetValue(publish.Topic, out var numbers)) received.Add(publish.Topic, numbers = []);
            numbers.Add(int.Parse(publish.Text, CultureInfo.InvariantCulture));
            count++;
            if (publish.QoS > 0) await subscriber.SendAsync(Packet.Acknowledge(publish.QoS == 1 ? PacketType.PubAck : PacketType.PubRec, publish.PacketIdentifier));
        }

        return received;
    }

    public sealed class TwoOfEach(Database database) : IAsyncLifetime
    {
        internal RunningCluster Cluster { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Cluster = await RunningCluster.StartAsync(database.Server, gateways: 2, cores: 2);

        public ValueTask DisposeAsync() => Cluster.DisposeAsync();
    }
}
