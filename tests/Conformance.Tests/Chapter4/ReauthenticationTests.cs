using OrleansBroker.TestKit;
using static OrleansBroker.Conformance.Tests.ScramBroker;

namespace OrleansBroker.Conformance.Tests.Chapter4;

/// <summary>Re-authentication (section 4.12.1), with SCRAM.</summary>
public sealed class ReauthenticationTests(ScramBroker broker) : IClassFixture<ScramBroker>
{
    [Theory]
    [InlineData(Sha512, Ann)]
    [InlineData(Sha256, Bob)]
    [Spec("MQTT5-4.12.1-1")]
    [Spec("MQTT5-4.12.0-5")]
    public async Task Reauthentication_RightPassword_Succeeds(string method, string user)
    {
        await using var client = await broker.ConnectAsync(Of(user, method));
        for (var round = 0; round < 3; round++)
        {
            var scram = Of(user, method);
            await client.SendAsync(Packet.Auth(Reason.ReAuthenticate, method, scram.First()));
            await AnswerAsync(client, scram);
            var done = (await client.ExpectAsync(PacketType.Auth)).ToAuth();
            Assert.Equal((Reason.Success, method), (done.ReasonCode, done.Method));
            Assert.True(scram.IsServer(done.Data));
        }

        Assert.Equal([0], (await client.SubscribeWithAckAsync([($"users/{user}/#", 0)])).ReasonCodes);
    }

    [Fact]
    public async Task Reauthentication_OtherPacketsMeanwhile_FlowBothWays()
    {
        var topic = $"open/{Unique.Topic()}";
        await using var client = await broker.ConnectAsync();
        await using var other = await broker.ConnectAsync();
        await other.SubscribeAsync($"{topic}/out", 1);
        var scram = Of(Ann);
        await client.SendAsync(Packet.Auth(Reason.ReAuthenticate, Sha512, scram.First()));
        var challenge = await ExpectChallengeAsync(client, Sha512);

        await client.SubscribeAsync($"{topic}/in", 1);
        await client.PublishAsync($"{topic}/out", "from", qos: 2);
        Assert.Equal("from", (await other.ReceiveAsync()).Text);
        await other.PublishAsync($"{topic}/in", "to", qos: 1);
        Assert.Equal("to", (await client.ReceiveAsync()).Text);
        await client.PingAsync();

        await client.SendAsync(Packet.Auth(Reason.ContinueAuthentication, Sha512, scram.Final(challenge)));
        Assert.Equal(Reason.Success, (await client.ExpectAsync(PacketType.Auth)).ToAuth().ReasonCode);
    }

    [Theory]
    [InlineData(Ann, "wrong")]
    [InlineData(Odd, Password)]
    [InlineData("nobody", Password)]
    [Spec("MQTT5-4.12.1-2")]
    public async Task Reauthentication_Fails_ClosesAndPublishesTheWill(string user, string password)
    {
        var topic = $"open/{Unique.Topic()}";
        await using var watcher = await broker.ConnectAsync();
        await watcher.SubscribeAsync(topic, 1);
        var request = ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId()) with { Will = new WillRequest(topic, "gone"u8.ToArray()) };
        await using var client = await broker.ConnectAsync(Of(Ann), request);

        var scram = Of(user, password: password);
        await client.SendAsync(Packet.Auth(Reason.ReAuthenticate, Sha512, scram.First()));
        await AnswerAsync(client, scram);
        await client.ExpectDisconnectAsync(Reason.NotAuthorized);
        Assert.Equal("gone", (await watcher.ReceiveAsync()).Text);

        // The session is there for who can prove to be its user.
        var again = Of(Ann);
        await using var back = await broker.BeginAsync(again, request with { Will = null });
        await AnswerAsync(back, again);
        Assert.True((await back.ExpectAsync(PacketType.ConnAck)).ToConnAck(MqttVersion.V50).SessionPresent);
    }

    [Theory]
    [InlineData(Reason.ReAuthenticate, Sha256)]
    [InlineData(Reason.ContinueAuthentication, Sha512)]
    [InlineData(Reason.Success, Sha512)]
    [Spec("MQTT5-4.12.1-1")]
    public async Task Reauthentication_OtherMethodOrReason_IsAProtocolError(byte reason, string method)
    {
        await using var client = await broker.ConnectAsync();
        await client.SendAsync(Packet.Auth(reason, method, Of(Ann).First()));
        await client.ExpectDisconnectAsync(Reason.ProtocolError);
    }

    [Theory]
    [InlineData(Reason.ReAuthenticate, Sha512)]
    [InlineData(Reason.ContinueAuthentication, Sha256)]
    [Spec("MQTT5-4.12.1-1")]
    public async Task Reauthentication_AnotherInProgress_IsAProtocolError(byte reason, string method)
    {
        await using var client = await broker.ConnectAsync();
        await client.SendAsync(Packet.Auth(Reason.ReAuthenticate, Sha512, Of(Ann).First()));
        await ExpectChallengeAsync(client, Sha512);
        await client.SendAsync(Packet.Auth(reason, method, Of(Ann).First()));
        await client.ExpectDisconnectAsync(Reason.ProtocolError);
    }

    [Fact]
    [Spec("MQTT5-4.12.1-2")]
    public async Task Reauthentication_NoAnswer_IsBoundInTime()
    {
        await using var client = await broker.ConnectAsync();
        await client.SendAsync(Packet.Auth(Reason.ReAuthenticate, Sha512, Of(Ann).First()));
        await ExpectChallengeAsync(client, Sha512);
        await client.ExpectDisconnectAsync(Reason.NotAuthorized);
    }

    [Fact]
    public async Task Reauthentication_ConnectionLostMeanwhile_LeavesTheSession()
    {
        var request = ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId());
        await using (var client = await broker.ConnectAsync(Of(Ann), request))
        {
            await client.SendAsync(Packet.Auth(Reason.ReAuthenticate, Sha512, Of(Ann).First()));
            await ExpectChallengeAsync(client, Sha512);
            await client.ResetAsync();
        }

        var scram = Of(Ann);
        await using var back = await broker.BeginAsync(scram, request);
        await AnswerAsync(back, scram);
        Assert.True((await back.ExpectAsync(PacketType.ConnAck)).ToConnAck(MqttVersion.V50).SessionPresent);
    }
}
