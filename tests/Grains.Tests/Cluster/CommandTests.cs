using System.Text;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Sessions.Commands;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>An administrator's commands, given at a node that may have neither the session nor its connection.</summary>
public sealed class CommandTests(TwoSilos silos) : IClassFixture<TwoSilos>
{
    private readonly BrokerCluster _cluster = silos.Cluster;
    private readonly BrokerNode _first = silos.First;
    private readonly BrokerNode _second = silos.Second;
    private readonly BrokerNode _gateway = silos.Gateway;

    [Fact]
    public async Task AnyCommand_NoSession_SaysSoAndActivatesNone()
    {
        Assert.Equal(CommandOutcome.NoSession, await _gateway.EndAsync("nobody"));
        Assert.Equal(CommandOutcome.NoSession, await _first.DisconnectAsync("nobody"));
        Assert.Equal(CommandOutcome.NoSession, (await _second.SubscribeAsync("nobody", "t")).Outcome);
        Assert.Equal(CommandOutcome.NoSession, await _first.UnsubscribeAsync("nobody", "t"));
        Assert.False(_cluster.IsActive("nobody"));
    }

    [Theory]
    [InlineData(0u, true)]
    [InlineData(0u, false)]
    [InlineData(TestClient.Durable, true)]
    [InlineData(TestClient.Durable, false)]
    public async Task End_Connected_ClientIsToldAndNothingIsLeft(uint expiry, bool publishWill)
    {
        var id = $"end-{expiry}-{publishWill}";
        var watcher = await SubscribedAsync(_second, $"{id}-w", $"{id}/#");
        var client = _gateway.Client(id);
        await client.ConnectAsync(expiry, will: Will($"{id}/will"));
        await client.SubscribeAsync($"{id}/mine");

        Assert.Equal(CommandOutcome.Done, await _first.EndAsync(id, publishWill));

        Assert.Equal(new Sent.Closed(ReasonCode.AdministrativeAction), await client.NextAsync());
        if (publishWill) Assert.Equal("gone", await watcher.NextPayloadAsync());
        Assert.Equal(CommandOutcome.NoSession, await _second.EndAsync(id));
        // Its route has gone: the watcher alone gets it.
        await BrokerCluster.EventuallyAsync(() => !_cluster.IsActive(id));
        Assert.Equal(ReasonCode.Success, await _first.Client("p").PublishAsync($"{id}/mine", "after"));
        Assert.Equal("after", await watcher.NextPayloadAsync());
        Assert.False(await client.ConnectAsync(TestClient.Durable));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task End_OfflineInTheStoreAlone_EndsWithItsDelayedWill(bool publishWill)
    {
        var id = $"offline-{publishWill}";
        var watcher = await SubscribedAsync(_second, $"{id}-w", $"{id}/#");
        var client = _first.Client(id);
        await client.ConnectAsync(TestClient.Durable, will: Will($"{id}/will", delay: 1_000));
        await client.DisconnectAsync(publishWill: true);
        await _cluster.DeactivateAsync(id);

        Assert.Equal(CommandOutcome.Done, await _gateway.EndAsync(id, publishWill));

        if (publishWill) Assert.Equal("gone", await watcher.NextPayloadAsync());
        await _first.Client("p").PublishAsync($"{id}/t", "after");
        Assert.Equal("after", await watcher.NextPayloadAsync());
        Assert.False(await client.ConnectAsync(TestClient.Durable));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Disconnect_DurableOnAnyGateway_StaysWithoutConnection(bool isRemote)
    {
        var id = $"disconnect-{isRemote}";
        var watcher = await SubscribedAsync(_second, $"{id}-w", $"{id}/#");
        var client = (isRemote ? _gateway : _first).Client(id);
        await client.ConnectAsync(TestClient.Durable, will: Will($"{id}/will"));

        Assert.Equal(CommandOutcome.Done, await _second.DisconnectAsync(id, ReasonCode.UseAnotherServer, publishWill: false, "other:1883"));

        Assert.Equal(new Sent.Closed(ReasonCode.UseAnotherServer) { ServerReference = "other:1883" }, await client.NextAsync());
        Assert.Equal(CommandOutcome.NotConnected, await _first.DisconnectAsync(id));
        await _first.Client("p").PublishAsync($"{id}/t", "after");
        Assert.Equal("after", await watcher.NextPayloadAsync());
        Assert.True(await client.ConnectAsync(TestClient.Durable));
    }

    [Fact]
    public async Task Disconnect_WillOfASessionThatEndsWithIt_IsPublishedUnlessToldOtherwise()
    {
        var watcher = await SubscribedAsync(_second, "dw-w", "dw/#");
        foreach (var publishWill in (bool[])[false, true])
        {
            var client = _gateway.Client($"dw-{publishWill}");
            await client.ConnectAsync(will: Will($"dw/{publishWill}"));
            Assert.Equal(CommandOutcome.Done, await _first.DisconnectAsync($"dw-{publishWill}", publishWill: publishWill));
        }

        Assert.Equal("dw/True", (await watcher.NextAsync<Sent.Message>()).Topic);
        watcher.HasNothing();
    }

    [Fact]
    public async Task AnyCommand_AnotherEpochThanExpected_ChangesNothing()
    {
        var client = _first.Client("match");
        await client.ConnectAsync(TestClient.Durable);
        var stamp = await _first.StampAsync("match");
        var older = stamp with { Epoch = stamp.Epoch - 1 };

        Assert.Equal(CommandOutcome.Changed, await _second.DisconnectAsync("match", expected: older));
        Assert.Equal(CommandOutcome.Changed, await _second.EndAsync("match", expected: stamp with { Incarnation = 1 }));
        client.HasNothing();
        Assert.Equal(CommandOutcome.Changed, await _second.EndAsync("match", expected: older with { Incarnation = SessionStamp.AnyIncarnation }));
        Assert.Equal(CommandOutcome.Done, await _second.DisconnectAsync("match", expected: stamp with { Incarnation = SessionStamp.AnyIncarnation }));
        Assert.Equal(CommandOutcome.Done, await _second.EndAsync("match", expected: stamp));
    }

    [Theory]
    [InlineData(0u, true)]
    [InlineData(0u, false)]
    [InlineData(TestClient.Durable, true)]
    [InlineData(TestClient.Durable, false)]
    public async Task Subscribe_Connected_RetainedThenLiveWithoutSubAck(uint expiry, bool isRemote)
    {
        var id = $"sub-{expiry}-{isRemote}";
        await _first.Client("p").PublishAsync($"{id}/t", "retained", retain: true);
        var client = (isRemote ? _gateway : _first).Client(id);
        await client.ConnectAsync(expiry);

        var answer = await _second.SubscribeAsync(id, $"{id}/#", QoS.AtLeastOnce, identifier: 7);

        Assert.Equal((CommandOutcome.Done, ReasonCode.GrantedQoS1, false), (answer.Outcome, answer.Reason, answer.Existed));
        Assert.Equal(ReasonCode.Success, await _second.Client("p").PublishAsync($"{id}/t", "live"));
        var retained = await client.NextAsync<Sent.Message>();
        Assert.Equal(("retained", true, "7"), (retained.Payload, retained.Retain, retained.Identifiers));
        Assert.Equal("live", await client.NextPayloadAsync());

        answer = await _second.SubscribeAsync(id, $"{id}/#", QoS.AtMostOnce, RetainHandling.SendIfNewSubscription);
        Assert.Equal((CommandOutcome.Done, ReasonCode.GrantedQoS0, true), (answer.Outcome, answer.Reason, answer.Existed));
        Assert.Equal(CommandOutcome.Done, await _first.UnsubscribeAsync(id, $"{id}/#"));
        Assert.Equal(CommandOutcome.NoSubscription, await _first.UnsubscribeAsync(id, $"{id}/#"));
        Assert.Equal(ReasonCode.NoMatchingSubscribers, await _second.Client("p").PublishAsync($"{id}/t", "after"));
        client.HasNothing();
    }

    [Fact]
    public async Task Subscribe_Offline_RetainedAndLiveWaitForTheClient()
    {
        await _first.Client("p").PublishAsync("offsub/t", "retained", retain: true);
        var client = _first.Client("offsub");
        await client.ConnectAsync(TestClient.Durable);
        await client.DisconnectAsync();

        Assert.Equal(CommandOutcome.Done, (await _second.SubscribeAsync("offsub", "offsub/+")).Outcome);
        Assert.Equal(ReasonCode.Success, await _second.Client("p").PublishAsync("offsub/t", "live"));
        await BrokerCluster.EventuallyAsync(() => _first.Sessions.Find("offsub") is { Load.QueuedMessages: 2 });
        await _cluster.DeactivateAsync("offsub");

        Assert.True(await client.ConnectAsync(TestClient.Durable));
        var retained = await client.NextAsync<Sent.Message>();
        Assert.Equal(("retained", true), (retained.Payload, retained.Retain));
        Assert.Equal("live", await client.NextPayloadAsync());
    }

    [Fact]
    public async Task Subscribe_ToSysOffline_ComesWithTheNextConnection()
    {
        var client = _first.Client("offsys");
        await client.ConnectAsync(TestClient.Durable);
        await client.DisconnectAsync();

        Assert.Equal(CommandOutcome.Done, (await _second.SubscribeAsync("offsys", "$SYS/broker/test/#")).Outcome);
        await client.ConnectAsync(TestClient.Durable);
        await BrokerCluster.EventuallyAsync(() =>
        {
            _first.SysTopics.Publish(new Publication(Encoding.UTF8.GetBytes("$SYS/broker/test/tvalue"), "$SYS/broker/test/t".Length, 0, QoS.AtMostOnce, retain: true, ""));
            return client.Connection.Output.TryPeek(out _);
        });
        Assert.Equal("value", await client.NextPayloadAsync());
    }

    [Theory]
    [InlineData("a/#/b", ReasonCode.TopicFilterInvalid)]
    [InlineData("", ReasonCode.TopicFilterInvalid)]
    [InlineData("$share/g/t", ReasonCode.ProtocolError)]
    public async Task Subscribe_FilterThatNoClientMayHave_IsRefused(string filter, ReasonCode reason)
    {
        var client = _first.Client("refused");
        await client.ConnectAsync(TestClient.Durable);

        var answer = await _first.SubscribeAsync("refused", filter, noLocal: true);

        Assert.Equal((CommandOutcome.Refused, reason), (answer.Outcome, answer.Reason));
    }

    private static async Task<TestClient> SubscribedAsync(BrokerNode node, string clientId, string filter)
    {
        var client = node.Client(clientId);
        await client.ConnectAsync();
        await client.SubscribeAsync(filter);
        return client;
    }

    private static WillMessage Will(string topic, uint delay = 0) =>
        new(Encoding.UTF8.GetBytes(topic + "gone"), Encoding.UTF8.GetByteCount(topic), 0, QoS.AtLeastOnce, Retain: false, delay, null);
}
