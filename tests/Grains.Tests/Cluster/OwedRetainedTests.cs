using System.Text;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>SUBACK promises retained messages: they come although the silo dies that has them, a shard's or the session's own, as long as the connection lives (invariant B3).</summary>
public sealed class OwedRetainedTests
{
    /// <summary>One in each shard.</summary>
    private const int Topics = BrokerCluster.Shards;

    private const ushort Window = 2;

    /// <summary>Payloads: the numbers of the shards.</summary>
    private static readonly string[] All = [.. Enumerable.Range(0, Topics).Select(static shard => $"{shard}")];

    [Theory]
    [InlineData(0u, true)]
    [InlineData(TestClient.Durable, true)]
    [InlineData(0u, false)]
    [InlineData(TestClient.Durable, false)]
    public async Task ShardsSiloDies_RetainedMessagesOnTheWay_ComeFromTheNext(uint expiry, bool hasGateway)
    {
        await using var silos = await ThreeSilos.StartAsync();
        var client = silos.Core.Client("shard");
        if (hasGateway) client = await silos.ConnectAsync("shard", expiry);
        else await client.ConnectAsync(expiry);
        await RetainAsync(silos, "shard");
        Assert.Equal(ReasonCode.NoMatchingSubscribers, await client.PublishAsync("shard/0/own", "own", retain: true));
        var (here, there) = (OwnedBy(silos.Core), OwnedBy(silos.Other));
        silos.Other.HoldDeliveries();

        await client.SubscribeAsync("shard/+/#", identifier: 7, noLocal: true);
        await TakeAsync(client, here);
        await silos.Cluster.KillAsync(silos.Other);

        // Those of its shards alone, each once.
        Assert.Equal(there.Count, await TakeAsync(client, there));
        await NothingIsOwedAsync(silos);
        await AssertHasNothingMoreAsync(client, silos.Core);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(TestClient.Durable)]
    public async Task ShardsSiloDies_Unsubscribed_NothingIsAskedAgain(uint expiry)
    {
        await using var silos = await ThreeSilos.StartAsync();
        var client = await silos.ConnectAsync("gone", expiry);
        await RetainAsync(silos, "gone");
        silos.Other.HoldDeliveries();
        await client.SubscribeAsync("gone/+/#", identifier: 7);
        await TakeAsync(client, OwnedBy(silos.Core));
        Assert.Equal("00", await client.UnsubscribeAsync("gone/+/#"));
        var registrations = silos.Core.Registrations;
        Assert.InRange(registrations, BrokerCluster.Shards, int.MaxValue);

        await silos.Cluster.KillAsync(silos.Other);

        await NothingIsOwedAsync(silos);
        foreach (var text in All) Assert.Equal(ReasonCode.NoMatchingSubscribers, await silos.Core.Client("gone-p").PublishAsync(Topic(silos, "gone", text), "live"));
        Assert.Equal(registrations, silos.Core.Registrations);
        client.HasNothing();
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(TestClient.Durable)]
    public async Task SessionsSiloDies_RetainedMessagesOnTheWayThere_Come(uint expiry)
    {
        await using var silos = await ThreeSilos.StartAsync();
        var client = await silos.ConnectAsync("way", expiry);
        await RetainAsync(silos, "way");
        silos.Other.HoldDeliveries();
        await client.SubscribeAsync("way/+/#", identifier: 7);
        Assert.True(OwesRetained(silos));
        var there = OwnedBy(silos.Other);

        await silos.KillCoreAsync("way");

        await TakeAsync(client, there);
        await NothingIsOwedAsync(silos);
    }

    [Theory]
    [InlineData(0u, QoS.AtLeastOnce)]
    [InlineData(0u, QoS.ExactlyOnce)]
    [InlineData(TestClient.Durable, QoS.AtLeastOnce)]
    [InlineData(TestClient.Durable, QoS.ExactlyOnce)]
    public async Task SessionsSiloDies_PartOfTheRetainedMessagesSent_TheOthersCome(uint expiry, QoS qos)
    {
        await using var silos = await StartSlowAsync();
        var (client, sent) = await SubscribeSlowAsync(silos, "part", expiry, qos);

        await silos.KillCoreAsync("part");

        await TakeTheOthersAsync(silos, client, sent);
        // The gateway knows: yet another activation owes nothing.
        await silos.Cluster.DeactivateAsync("part");
        await AssertHasNothingMoreAsync(client, silos.Other);
    }

    /// <summary>SUBSCRIBE is run again, for a new subscription still: the one that it finds is its own, stored as registered or not.</summary>
    [Theory]
    [InlineData(0u, false)]
    [InlineData(0u, true)]
    [InlineData(TestClient.Durable, false)]
    [InlineData(TestClient.Durable, true)]
    public async Task SessionsSiloDies_BeforeSubAckToSubscribeIfNew_RetainedMessagesCome(uint expiry, bool isRegistered)
    {
        await using var silos = await ThreeSilos.StartAsync();
        var client = await silos.ConnectAsync("new", expiry);
        await RetainAsync(silos, "new");

        await SubscribeAndDieAsync(silos, client, isRegistered);

        await TakeAsync(client, All);
        await NothingIsOwedAsync(silos);
    }

    [Theory]
    [InlineData(0u, false)]
    [InlineData(0u, true)]
    [InlineData(TestClient.Durable, false)]
    [InlineData(TestClient.Durable, true)]
    public async Task SessionsSiloDies_BeforeSubAckToSubscribeIfNewThatIsNot_NoRetainedMessageComes(uint expiry, bool isRegistered)
    {
        await using var silos = await ThreeSilos.StartAsync();
        var client = await silos.ConnectAsync("old", expiry);
        await client.SubscribeAsync("old/+/#", handling: RetainHandling.DoNotSend);
        await RetainAsync(silos, "old", answer: ReasonCode.Success);
        for (var i = 0; i < Topics; i++) Assert.False((await client.NextAsync<Sent.Message>()).Retain);

        await SubscribeAndDieAsync(silos, client, isRegistered);

        Assert.Equal("01", (await client.NextAsync<Sent.SubAck>()).Codes);
        await AssertHasNothingMoreAsync(client, silos.Other);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(TestClient.Durable)]
    public async Task SessionMoves_PartOfTheRetainedMessagesSent_TheOthersCome(uint expiry)
    {
        await using var silos = await StartSlowAsync();
        var (client, sent) = await SubscribeSlowAsync(silos, "moves", expiry, QoS.AtLeastOnce);

        await silos.Cluster.DeactivateAsync("moves");

        await TakeTheOthersAsync(silos, client, sent);
        await AssertHasNothingMoreAsync(client, silos.Other);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(TestClient.Durable)]
    public async Task SessionsSiloDies_SysValuesOnTheWay_Come(uint expiry)
    {
        await using var silos = await ThreeSilos.StartAsync();
        var client = await silos.ConnectAsync("sys", expiry);
        silos.Gateway.SysTopics.Publish(new Publication(Encoding.UTF8.GetBytes("$SYS/owed/tvalue"), "$SYS/owed/t".Length, 0, QoS.AtMostOnce, retain: true, ""));
        silos.Gateway.HoldDeliveries();
        await client.SubscribeAsync("$SYS/owed/#", QoS.AtMostOnce, identifier: 7);
        Assert.True(OwesRetained(silos));

        await silos.KillCoreAsync("sys");
        silos.Gateway.ReleaseDeliveries();

        Assert.Equal("value", await client.NextPayloadAsync());
        await NothingIsOwedAsync(silos);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(TestClient.Durable)]
    public async Task Subscribe_AllRetainedMessagesSent_NothingIsOwed(uint expiry)
    {
        await using var silos = await ThreeSilos.StartAsync();
        var client = await silos.ConnectAsync("all", expiry);
        await RetainAsync(silos, "all");
        await client.SubscribeAsync("all/+/#", identifier: 7);
        Assert.Equal(Topics, await TakeAsync(client, All));
        await NothingIsOwedAsync(silos);

        await silos.KillCoreAsync("all");

        await AssertHasNothingMoreAsync(client, silos.Other);
    }

    private static Task<ThreeSilos> StartSlowAsync() => ThreeSilos.StartAsync(new LimitsOptions { MaxQueuedMessages = Window });

    /// <summary>Its client answers nothing, so that the session sends two messages and keeps the others.</summary>
    private static async Task<(TestClient Client, List<Sent.Message> Sent)> SubscribeSlowAsync(ThreeSilos silos, string name, uint expiry, QoS qos)
    {
        var client = await silos.ConnectAsync(name, expiry, static connection => connection.Acknowledges = false, receiveMaximum: Window);
        await RetainAsync(silos, name, qos);
        await client.SubscribeAsync($"{name}/+/#", qos, identifier: 7);
        var sent = new List<Sent.Message>();
        while (sent.Count < Window) sent.Add(await client.NextAsync<Sent.Message>());
        Assert.True(OwesRetained(silos));
        return (client, sent);
    }

    private static async Task TakeTheOthersAsync(ThreeSilos silos, TestClient client, List<Sent.Message> sent)
    {
        client.Connection.Acknowledges = true;
        foreach (var message in sent) client.Connection.Answer(message.QoS == QoS.AtLeastOnce ? PacketType.PubAck : PacketType.PubRec, message.Id);
        await TakeAsync(client, [.. All.Except(sent.Select(static message => message.Payload))]);
        await NothingIsOwedAsync(silos);
        // Some come twice.
        while (client.Connection.Output.TryRead(out _))
        {
            // All that the session owed are here.
        }
    }

    /// <summary>Retain Handling 1; the session's silo dies when every shard has been asked, or has answered and SUBACK is on its way.</summary>
    private static async Task SubscribeAndDieAsync(ThreeSilos silos, TestClient client, bool isRegistered)
    {
        var filter = $"{client.ClientId}/+/#";
        var session = silos.Core.Sessions.Find(client.ClientId)!;
        var registrations = silos.Core.Registrations;
        var mayRegister = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (isRegistered) silos.Core.HoldOutput();
        else silos.Core.HoldRegistrations(mayRegister.Task);
        var subscribing = client.SendSubscribeAsync(filter, handling: RetainHandling.SendIfNewSubscription, identifier: 7);
        await BrokerCluster.EventuallyAsync(() => silos.Core.Registrations == registrations + BrokerCluster.Shards);
        while (isRegistered && await session.RunAsync(StateOf) != SubscriptionState.Active) await Task.Yield();

        await silos.KillCoreAsync(client.ClientId);
        mayRegister.SetResult();
        await subscribing;

        SubscriptionState? StateOf(Session held) => held.Subscriptions.TryGet(TopicFilter.Parse(filter), out var subscription) && subscription.Options.Identifier == 7 ? subscription.State : null;
    }

    private static async Task RetainAsync(ThreeSilos silos, string name, QoS qos = QoS.AtLeastOnce, ReasonCode answer = ReasonCode.NoMatchingSubscribers)
    {
        var publisher = silos.Other.Client($"{name}-p");
        foreach (var text in All) Assert.Equal(answer, await publisher.PublishAsync(Topic(silos, name, text), text, qos, retain: true));
    }

    private static string Topic(ThreeSilos silos, string name, string payload)
    {
        for (var i = 0; ; i++)
        {
            var topic = $"{name}/{i}/t";
            if ($"{silos.Cluster.Space.OfTopic(Encoding.UTF8.GetBytes(topic))}" == payload) return topic;
        }
    }

    /// <summary>Payloads of the topics whose shards are there.</summary>
    private static IReadOnlyCollection<string> OwnedBy(BrokerNode node)
    {
        string[] owned = [.. All.Where(text => node.Shards.Find(int.Parse(text)) is not null)];
        Assert.NotEmpty(owned);
        return owned;
    }

    /// <summary>Takes messages until all of these have come.</summary>
    /// <returns>How many that took.</returns>
    private static async Task<int> TakeAsync(TestClient client, IReadOnlyCollection<string> payloads)
    {
        var missing = payloads.ToHashSet();
        var taken = 0;
        for (; missing.Count > 0; taken++)
        {
            if (await client.NextAsync() is not Sent.Message message) continue;
            Assert.True(message.Retain);
            Assert.Equal("7", message.Identifiers);
            missing.Remove(message.Payload);
        }

        return taken;
    }

    private static bool OwesRetained(ThreeSilos silos) => silos.Gateway.Remote.All.Any(static session => session.OwesRetained);

    private static Task NothingIsOwedAsync(ThreeSilos silos) => BrokerCluster.EventuallyAsync(() => !OwesRetained(silos));

    private static async Task AssertHasNothingMoreAsync(TestClient client, BrokerNode node)
    {
        await node.Client($"{client.ClientId}-e").PublishAsync($"{client.ClientId}/end/t", "live");
        Sent next;
        do next = await client.NextAsync();
        while (next is Sent.Ack);
        Assert.Equal("live", Assert.IsType<Sent.Message>(next).Payload);
    }
}
