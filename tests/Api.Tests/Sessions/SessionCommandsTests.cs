using System.Text;
using OrleansBroker.TestKit;

namespace OrleansBroker.Api.Tests.Sessions;

/// <summary>Sessions of real clients, changed over HTTP.</summary>
public sealed class SessionCommandsTests(ApiBroker broker)
{
    public static TheoryData<MqttVersion, bool> VersionsAndWills => new() { { MqttVersion.V50, true }, { MqttVersion.V50, false }, { MqttVersion.V311, true }, { MqttVersion.V311, false } };

    [Theory]
    [MemberData(nameof(VersionsAndWills))]
    public async Task DeleteSession_OfAClient_EndsItAndItsWillAsAsked(MqttVersion version, bool will)
    {
        string id = Unique.ClientId();
        await using var watcher = await WatchAsync(id);
        await using var client = await RawClient.ConnectAsync(broker.Mqtt, Lasting(version, id));

        var answer = await broker.Api.DeleteAsync($"/api/v1/sessions/{id}{(will ? "" : "?will=false")}");

        Assert.Equal((204, ""), (answer.Status, answer.Body));
        Assert.Equal(version == MqttVersion.V50 ? (byte?)0x98 : null, (await client.ExpectClosedAsync())?.ReasonCode);
        await ExpectWillAsync(watcher, id, will);
        Assert.Equal((404, "session-not-found"), Of(await broker.Api.DeleteAsync($"/api/v1/sessions/{id}")));
        Assert.False((await ConnectAsync(version, id)).SessionPresent);
    }

    [Theory]
    [MemberData(nameof(VersionsAndWills))]
    public async Task DeleteConnection_OfAClient_LeavesTheSession(MqttVersion version, bool will)
    {
        string id = Unique.ClientId();
        await using var watcher = await WatchAsync(id);
        await using var client = await RawClient.ConnectAsync(broker.Mqtt, Lasting(version, id));

        var answer = await broker.Api.DeleteAsync($"/api/v1/sessions/{id}/connection?reason=useAnotherServer&serverReference=other.example:1883{(will ? "" : "&will=false")}");

        Assert.Equal(204, answer.Status);
        var disconnect = await client.ExpectClosedAsync();
        Assert.Equal(version == MqttVersion.V50 ? (0x9C, "other.example:1883") : (null, null), ((int?)disconnect?.ReasonCode, disconnect?.Properties.Text(PropertyId.ServerReference)));
        await ExpectWillAsync(watcher, id, will);
        Assert.Equal((409, "not-connected"), Of(await broker.Api.DeleteAsync($"/api/v1/sessions/{id}/connection")));
        Assert.True((await ConnectAsync(version, id)).SessionPresent);
        Assert.Equal((404, "session-not-found"), Of(await broker.Api.DeleteAsync("/api/v1/sessions/nobody/connection")));
    }

    [Theory]
    [InlineData(MqttVersion.V50)]
    [InlineData(MqttVersion.V311)]
    public async Task PutSubscription_OfAClient_BringsRetainedThenLive(MqttVersion version)
    {
        string id = Unique.ClientId();
        await using var publisher = await RawClient.ConnectAsync(broker.Mqtt, MqttVersion.V50);
        await publisher.PublishAsync($"{id}/t", "retained", qos: 1, retain: true);
        await using var client = await RawClient.ConnectAsync(broker.Mqtt, ConnectRequest.Persistent(version, id));
        string path = $"/api/v1/sessions/{id}/subscriptions/{id}%2F%23";

        var created = await broker.Api.PutAsync(path, """{"qos":1,"subscriptionIdentifier":7}""");
        Assert.Equal((201, $"{id}/#", 1), (created.Status, (string?)created.Json["filter"], (int)created.Json["qos"]!));
        Assert.Equal(path, created.Headers["Location"]);
        await publisher.PublishAsync($"{id}/t", "live", qos: 1);
        foreach (var (text, retain) in ((string, bool)[])[("retained", true), ("live", false)])
        {
            var message = await client.ReceiveAsync();
            Assert.Equal((text, retain), (Encoding.UTF8.GetString(message.Payload), message.Retain));
            if (version == MqttVersion.V50)
                Assert.Equal([7], message.Properties.SubscriptionIdentifiers);
        }

        Assert.Equal(200, (await broker.Api.PutAsync(path, """{"qos":0,"retainHandling":2}""")).Status);
        await publisher.PublishAsync($"{id}/t", "again", qos: 1);
        Assert.Equal(0, (await client.ReceiveAsync()).QoS);
        Assert.Equal(204, (await broker.Api.DeleteAsync(path)).Status);
        Assert.Equal((404, "subscription-not-found"), Of(await broker.Api.DeleteAsync(path)));
        await publisher.PublishAsync($"{id}/t", "after", qos: 1);
        await client.PingAsync();
        Assert.Null(client.TryNext());
    }

    [Fact]
    public async Task PutSubscription_ClientAway_WaitsForIt()
    {
        string id = Unique.ClientId();
        await using var publisher = await RawClient.ConnectAsync(broker.Mqtt, MqttVersion.V50);
        await publisher.PublishAsync($"{id}/t", "retained", qos: 1, retain: true);
        await using (var before = await RawClient.ConnectAsync(broker.Mqtt, ConnectRequest.Persistent(MqttVersion.V50, id)))
            await before.DisconnectAsync();

        Assert.Equal(201, (await broker.Api.PutAsync($"/api/v1/sessions/{id}/subscriptions/{id}%2Ft", """{"qos":1}""")).Status);
        await publisher.PublishAsync($"{id}/t", "live", qos: 1);

        await using var client = await RawClient.ConnectAsync(broker.Mqtt, ConnectRequest.Persistent(MqttVersion.V50, id));
        Assert.Equal("retained", Encoding.UTF8.GetString((await client.ReceiveAsync()).Payload));
        Assert.Equal("live", Encoding.UTF8.GetString((await client.ReceiveAsync()).Payload));
    }

    [Fact]
    public async Task AnyCommand_IfMatchOfAnotherEpoch_ChangesNothing()
    {
        string id = Unique.ClientId();
        await using var client = await RawClient.ConnectAsync(broker.Mqtt, ConnectRequest.Persistent(MqttVersion.V50, id));

        Assert.Equal((412, "session-changed"), Of(await DeleteAsync($"/api/v1/sessions/{id}", "\"2\"")));
        Assert.Equal((412, "session-changed"), Of(await DeleteAsync($"/api/v1/sessions/{id}/connection", "\"5-1\"")));
        Assert.Equal((412, "session-changed"), Of(await DeleteAsync($"/api/v1/sessions/{id}", "\"x\"")));
        Assert.Equal((400, "bad-request"), Of(await DeleteAsync($"/api/v1/sessions/{id}", "1")));
        await client.PingAsync();
        Assert.Equal(204, (await DeleteAsync($"/api/v1/sessions/{id}/connection", "\"1\"")).Status);
        Assert.Equal(204, (await DeleteAsync($"/api/v1/sessions/{id}", "*")).Status);
    }

    [Theory]
    [InlineData("connection?reason=serverBusy&serverReference=a", "invalid-parameter")]
    [InlineData("connection?reason=0x98", "invalid-parameter")]
    [InlineData("connection?reason=keepAliveTimeout", "invalid-parameter")]
    [InlineData("connection?will=no", "invalid-parameter")]
    [InlineData("connection?expiry=0", "unknown-parameter")]
    public async Task DeleteConnection_ParameterThatIsNone_IsRefused(string rest, string code) =>
        Assert.Equal((400, code), Of(await broker.Api.DeleteAsync($"/api/v1/sessions/any/{rest}")));

    [Theory]
    [InlineData("t", """{"qos":3}""", "invalid-body")]
    [InlineData("t", "{}", "invalid-body")]
    [InlineData("t", """{"qos":0,"retainHandling":3}""", "invalid-body")]
    [InlineData("t", """{"qos":0,"subscriptionIdentifier":0}""", "invalid-body")]
    [InlineData("t", """{"qos":0,"nolocal":true}""", "invalid-body")]
    [InlineData("a%2F%23%2Fb", """{"qos":0}""", "invalid-filter")]
    [InlineData("$share%2Fg%2Ft", """{"qos":0,"noLocal":true}""", "invalid-filter")]
    public async Task PutSubscription_WhatNoSubscribeMaySay_IsRefused(string filter, string body, string code) =>
        Assert.Equal((400, code), Of(await broker.Api.PutAsync($"/api/v1/sessions/any/subscriptions/{filter}", body)));

    private static ConnectRequest Lasting(MqttVersion version, string id) =>
        ConnectRequest.Persistent(version, id) with { Will = new WillRequest($"{id}/will", "gone"u8.ToArray()) { QoS = 1 } };

    private static (int Status, string? Code) Of(ApiAnswer answer) => (answer.Status, answer.Code);

    private async Task<RawClient> WatchAsync(string id)
    {
        var watcher = await RawClient.ConnectAsync(broker.Mqtt, MqttVersion.V50);
        await watcher.SubscribeAsync($"{id}/#", 1);
        return watcher;
    }

    /// <summary>The will, if it is to come; then what is published now.</summary>
    private async Task ExpectWillAsync(RawClient watcher, string id, bool will)
    {
        if (will)
            Assert.Equal("gone", Encoding.UTF8.GetString((await watcher.ReceiveAsync()).Payload));
        await using var publisher = await RawClient.ConnectAsync(broker.Mqtt, MqttVersion.V50);
        await publisher.PublishAsync($"{id}/t", "after", qos: 1);
        Assert.Equal("after", Encoding.UTF8.GetString((await watcher.ReceiveAsync()).Payload));
    }

    private async Task<ConnAckFrame> ConnectAsync(MqttVersion version, string id)
    {
        var (client, connAck) = await RawClient.ConnectWithAckAsync(broker.Mqtt, ConnectRequest.Persistent(version, id));
        await client.DisposeAsync();
        return connAck;
    }

    private Task<ApiAnswer> DeleteAsync(string path, string ifMatch) =>
        broker.Api.SendAsync(HttpMethod.Delete, path, prepare: request => request.Headers.TryAddWithoutValidation("If-Match", ifMatch));
}
