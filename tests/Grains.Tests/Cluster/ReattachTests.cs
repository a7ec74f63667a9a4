using System.Text;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>The silo of a session dies; its client's connection is on another one and notices nothing (invariants B2, B8).</summary>
public sealed class ReattachTests
{
    [Theory]
    [InlineData(0u)]
    [InlineData(TestClient.Durable)]
    public async Task CoreDies_Subscriber_GoesOnOnItsConnection(uint expiry)
    {
        await using var silos = await ThreeSilos.StartAsync();
        var client = await silos.ConnectAsync("stays", expiry);
        await client.SubscribeAsync("stays/#", QoS.AtLeastOnce);
        var publisher = silos.Other.Client("stays-p");
        for (var i = 0; i < BrokerCluster.Shards; i++) Assert.Equal(ReasonCode.Success, await publisher.PublishAsync($"stays/{i}/t", $"{i}"));

        await silos.KillCoreAsync("stays");
        // Shards of the dead silo too are opened elsewhere, and know the subscription.
        for (var i = 0; i < BrokerCluster.Shards; i++) Assert.Equal(ReasonCode.Success, await publisher.PublishAsync($"stays/{i}/t", $"{BrokerCluster.Shards + i}"));

        for (var i = 0; i < 2 * BrokerCluster.Shards; i++) Assert.Equal($"{i}", await client.NextPayloadAsync());
        Assert.Equal("00", await client.UnsubscribeAsync("stays/#"));
        Assert.Equal(ReasonCode.NoMatchingSubscribers, await publisher.PublishAsync("stays/0/t", "after"));
        client.HasNothing();
    }

    [Fact]
    public async Task CoreDies_ManyConnections_BusyOnesAreHandedOverFirst()
    {
        await using var silos = await ThreeSilos.StartAsync();
        TestClient busy = null!;
        for (var i = 0; i < 20; i++)
        {
            var client = await silos.ConnectAsync($"many{i}");
            if (i == 10) busy = client;
        }

        await busy.SubscribeAsync("busy/#", QoS.AtMostOnce);
        await silos.Other.Client("busy-p").PublishAsync("busy/a/t", "0");
        Assert.Equal("0", await busy.NextPayloadAsync());

        await silos.KillCoreAsync([.. Enumerable.Range(0, 20).Select(static i => $"many{i}")]);

        Assert.Equal("many10", silos.Gateway.Reattached.First());
    }

    [Theory]
    [InlineData(0u, QoS.AtLeastOnce)]
    [InlineData(0u, QoS.ExactlyOnce)]
    [InlineData(TestClient.Durable, QoS.AtLeastOnce)]
    [InlineData(TestClient.Durable, QoS.ExactlyOnce)]
    public async Task CoreDies_MessagesInFlight_KeepTheirIdentifiersAndAreNotSentAgain(uint expiry, QoS qos)
    {
        await using var silos = await ThreeSilos.StartAsync();
        var client = await silos.ConnectAsync("flight", expiry, static connection => connection.Acknowledges = false);
        await client.SubscribeAsync("flight/#", qos);
        var publisher = silos.Other.Client("flight-p");
        for (var i = 0; i < 3; i++) Assert.Equal(ReasonCode.Success, await publisher.PublishAsync("flight/a/t", $"{i}", qos));
        var sent = new List<Sent.Message>();
        while (sent.Count < 3) sent.Add(await client.NextAsync<Sent.Message>());
        await AnswerAsync(client, sent[0]);

        await silos.KillCoreAsync("flight");
        Assert.Equal(ReasonCode.Success, await publisher.PublishAsync("flight/a/t", "3", qos));

        var next = await client.NextAsync<Sent.Message>();
        Assert.Equal("3", next.Payload);
        Assert.DoesNotContain(next.Id, sent.Skip(1).Select(static message => message.Id));
        foreach (var message in (Sent.Message[])[sent[1], sent[2], next]) await AnswerAsync(client, message);
        client.HasNothing();
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(TestClient.Durable)]
    public async Task CoreDies_PubRecSeen_PubRelComesOnce(uint expiry)
    {
        await using var silos = await ThreeSilos.StartAsync();
        var client = await silos.ConnectAsync("rel", expiry, static connection => connection.Acknowledges = false);
        await client.SubscribeAsync("rel/a/t", QoS.ExactlyOnce);
        var publisher = silos.Other.Client("rel-p");
        await publisher.PublishAsync("rel/a/t", "0", QoS.ExactlyOnce);
        var sent = await client.NextAsync<Sent.Message>();
        client.Connection.Answer(PacketType.PubRec, sent.Id);
        Assert.Equal(new Sent.Ack(PacketType.PubRel, sent.Id), await client.NextAsync());

        await silos.KillCoreAsync("rel");
        client.Connection.Answer(PacketType.PubComp, sent.Id);
        await publisher.PublishAsync("rel/a/t", "1", QoS.ExactlyOnce);

        Assert.Equal("1", await client.NextPayloadAsync());
        client.HasNothing();
    }

    [Fact]
    public async Task CoreDies_QueueOfATransientSession_IsWithItsGateway()
    {
        await using var silos = await ThreeSilos.StartAsync();
        var client = await silos.ConnectAsync("queue", prepare: static connection => connection.Acknowledges = false, receiveMaximum: 2);
        await client.SubscribeAsync("queue/a/t");
        var publisher = silos.Other.Client("queue-p");
        for (var i = 0; i < 10; i++) Assert.Equal(ReasonCode.Success, await publisher.PublishAsync("queue/a/t", $"{i}"));

        await silos.KillCoreAsync("queue");
        for (var i = 10; i < 12; i++) Assert.Equal(ReasonCode.Success, await publisher.PublishAsync("queue/a/t", $"{i}"));

        for (var i = 0; i < 12; i++)
        {
            var sent = await client.NextAsync<Sent.Message>();
            Assert.Equal($"{i}", sent.Payload);
            Assert.False(sent.Duplicate);
            // No more than the client allows.
            if (i % 2 == 0) continue;
            client.HasNothing();
            client.Connection.Answer(PacketType.PubAck, (ushort)(sent.Id - 1));
            client.Connection.Answer(PacketType.PubAck, sent.Id);
        }
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(TestClient.Durable)]
    public async Task CoreDies_IncomingExactlyOnce_GoesOn(uint expiry)
    {
        await using var silos = await ThreeSilos.StartAsync();
        var client = await silos.ConnectAsync("in", expiry);
        var subscriber = silos.Other.Client("in-s");
        await subscriber.ConnectAsync();
        await subscriber.SubscribeAsync("in/#", QoS.ExactlyOnce);
        client.PublishExactlyOnce("in/a/t", "0", id: 7);
        Assert.Equal(new Sent.Ack(PacketType.PubRec, 7), await client.NextAsync());

        await silos.Cluster.KillAsync(silos.Core);
        // While nobody has the session, or somebody has again.
        client.PublishExactlyOnce("in/a/t", "1", id: 8);
        client.Connection.Answer(PacketType.PubRel, 7);

        Sent[] answers = [await client.NextAsync(), await client.NextAsync()];
        Assert.Contains(new Sent.Ack(PacketType.PubRec, 8), answers);
        Assert.Contains(new Sent.Ack(PacketType.PubComp, 7), answers);
        client.Connection.Answer(PacketType.PubRel, 8);
        Assert.Equal(new Sent.Ack(PacketType.PubComp, 8), await client.NextAsync());
        foreach (var payload in (string[])["0", "1"])
        {
            Assert.Equal(payload, await subscriber.NextPayloadAsync());
            await subscriber.NextAsync<Sent.Ack>();
        }

        subscriber.HasNothing();
    }

    [Fact]
    public async Task CoreDies_SubscribeMeanwhile_IsDoneByTheNextActivation()
    {
        await using var silos = await ThreeSilos.StartAsync();
        var client = await silos.ConnectAsync("meanwhile");
        await silos.Cluster.KillAsync(silos.Core);

        await client.SubscribeAsync("meanwhile/#");

        await silos.Other.Client("meanwhile-p").PublishAsync("meanwhile/a/t", "0");
        Assert.Equal("0", await client.NextPayloadAsync());
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(TestClient.Durable)]
    public async Task CoreDies_ClientLeavesMeanwhile_WillGoesOnce(uint expiry)
    {
        await using var silos = await ThreeSilos.StartAsync();
        var watcher = silos.Other.Client("left-w");
        await watcher.ConnectAsync();
        await watcher.SubscribeAsync("left/w/t");
        var client = await silos.ConnectAsync("left", expiry, will: Will("left/w/t"));
        await silos.Cluster.KillAsync(silos.Core);

        await client.DisconnectAsync(publishWill: true);

        Assert.Equal("bye", await watcher.NextPayloadAsync());
        await silos.Other.Client("left-p").PublishAsync("left/w/t", "after");
        Assert.Equal("after", await watcher.NextPayloadAsync());
        Assert.False(silos.Gateway.Remote.Holds("left"));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(TestClient.Durable)]
    public async Task CoreDies_ClientStays_NoWill(uint expiry)
    {
        await using var silos = await ThreeSilos.StartAsync();
        var watcher = silos.Other.Client("alive-w");
        await watcher.ConnectAsync();
        await watcher.SubscribeAsync("alive/w/t");
        var client = await silos.ConnectAsync("alive", expiry, will: Will("alive/w/t"));

        await silos.KillCoreAsync("alive");
        await silos.Other.Client("alive-p").PublishAsync("alive/w/t", "after");
        Assert.Equal("after", await watcher.NextPayloadAsync());

        await client.DisconnectAsync(publishWill: true);
        Assert.Equal("bye", await watcher.NextPayloadAsync());
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(TestClient.Durable)]
    public async Task CoreDies_ClientCameAgainElsewhere_TheOlderConnectionIsClosed(uint expiry)
    {
        await using var silos = await ThreeSilos.StartAsync();
        var older = await silos.ConnectAsync("again", expiry);
        await silos.Cluster.KillAsync(silos.Core);
        var newer = silos.Other.Client("again");

        await newer.ConnectAsync(expiry);

        Assert.Equal(new Sent.Closed(ReasonCode.SessionTakenOver), await older.NextAsync());
        await newer.SubscribeAsync("again/a/t");
        await newer.PublishAsync("again/a/t", "0");
        Assert.Equal("0", await newer.NextPayloadAsync());
    }

    [Fact]
    public async Task ShardDies_SubscriptionsOfTransientSessionsElsewhere_AreKnownToTheNext()
    {
        await using var silos = await ThreeSilos.StartAsync();
        TestClient[] subscribers = [silos.Other.Client("shard-1"), silos.Gateway.Client("shard-2")];
        foreach (var subscriber in subscribers)
        {
            await subscriber.ConnectAsync();
            for (var i = 0; i < BrokerCluster.Shards; i++) await subscriber.SubscribeAsync($"shard/{i}/#");
            await subscriber.SubscribeAsync("$share/g/+/shared/#");
        }

        await silos.KillCoreAsync();
        for (var i = 0; i < BrokerCluster.Shards; i++) Assert.Equal(ReasonCode.Success, await subscribers[0].PublishAsync($"shard/{i}/t", $"{i}"));

        foreach (var subscriber in subscribers)
        {
            for (var i = 0; i < BrokerCluster.Shards; i++) Assert.Equal($"{i}", await subscriber.NextPayloadAsync());
        }

        for (var i = 0; i < BrokerCluster.Shards; i++) Assert.Equal(ReasonCode.Success, await subscribers[0].PublishAsync($"{i}/shared/t", "s"));
        // A gateway that has taken a message over may not have run it yet.
        await BrokerCluster.EventuallyAsync(() => subscribers.Sum(static subscriber => subscriber.Connection.Output.Count) == BrokerCluster.Shards);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(TestClient.Durable)]
    public async Task CoreDies_DeliveryBeforeTheHandOver_Waits(uint expiry)
    {
        await using var silos = await ThreeSilos.StartAsync();
        var client = await silos.ConnectAsync("early", expiry);
        await client.SubscribeAsync("early/#");
        var mayReattach = new TaskCompletionSource();
        silos.Gateway.HoldBackReattaching(mayReattach.Task);
        await silos.Cluster.KillAsync(silos.Core);
        var publisher = silos.Other.Client("early-p");

        var settled = Enumerable.Range(0, BrokerCluster.Shards).Select(i => publisher.PublishAsync($"early/{i}/t", $"{i}")).ToArray();
        await BrokerCluster.EventuallyAsync(() => silos.Cluster.IsActive("early"));
        // Its shards are told, by who is asked after it, that a session is not there.
        Assert.Equal(ReasonCode.NoMatchingSubscribers, await publisher.PublishAsync("late/a/t", "nobody"));
        mayReattach.SetResult();

        Assert.All(await Task.WhenAll(settled), static reason => Assert.Equal(ReasonCode.Success, reason));
        var received = new List<string>();
        while (received.Count < settled.Length) received.Add(await client.NextPayloadAsync());
        Assert.Equal(Enumerable.Range(0, settled.Length), received.Select(int.Parse).Order());
        client.HasNothing();
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(TestClient.Durable)]
    public async Task SessionMoves_ConnectionStays(uint expiry)
    {
        await using var silos = await ThreeSilos.StartAsync();
        var client = await silos.ConnectAsync("moved", expiry, static connection => connection.Acknowledges = false);
        await client.SubscribeAsync("moved/#");
        var publisher = silos.Other.Client("moved-p");
        await publisher.PublishAsync("moved/a/t", "0");
        var sent = await client.NextAsync<Sent.Message>();

        await silos.Cluster.DeactivateAsync("moved");
        var settled = Enumerable.Range(0, BrokerCluster.Shards).Select(i => publisher.PublishAsync($"moved/{i}/t", $"{i}")).ToArray();

        Assert.All(await Task.WhenAll(settled), static reason => Assert.Equal(ReasonCode.Success, reason));
        var received = new List<Sent.Message>();
        while (received.Count < BrokerCluster.Shards) received.Add(await client.NextAsync<Sent.Message>());
        Assert.Equal(Enumerable.Range(0, BrokerCluster.Shards), received.Select(static message => int.Parse(message.Payload)).Order());
        Assert.DoesNotContain(sent.Id, received.Select(static message => message.Id));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(TestClient.Durable)]
    public async Task GatewayDies_WillGoes(uint expiry)
    {
        await using var silos = await ThreeSilos.StartAsync();
        var watcher = silos.Other.Client("gateway-w");
        await watcher.ConnectAsync();
        await watcher.SubscribeAsync("gateway/w/t");
        await silos.ConnectAsync("gateway", expiry, will: Will("gateway/w/t"));

        await silos.Cluster.KillAsync(silos.Gateway);

        Assert.Equal("bye", await watcher.NextPayloadAsync());
        Assert.Equal(expiry > 0, await silos.Other.Client("gateway").ConnectAsync(expiry));
    }

    private static async Task AnswerAsync(TestClient client, Sent.Message message)
    {
        if (message.QoS == QoS.AtLeastOnce)
        {
            client.Connection.Answer(PacketType.PubAck, message.Id);
            return;
        }

        client.Connection.Answer(PacketType.PubRec, message.Id);
        Assert.Equal(new Sent.Ack(PacketType.PubRel, message.Id), await client.NextAsync());
        client.Connection.Answer(PacketType.PubComp, message.Id);
    }

    private static WillMessage Will(string topic) =>
        new(Encoding.UTF8.GetBytes(topic + "bye"), topic.Length, 0, QoS.AtLeastOnce, Retain: false, DelaySeconds: 0, ExpirySeconds: null);
}
