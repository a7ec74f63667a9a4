using System.Text;
using OrleansBroker.TestKit;
using static OrleansBroker.Conformance.Tests.ScramBroker;

namespace OrleansBroker.Conformance.Tests.Chapter4;

/// <summary>The exchange between CONNECT and CONNACK (section 4.12), with SCRAM.</summary>
public sealed class EnhancedAuthenticationTests(ScramBroker broker) : IClassFixture<ScramBroker>
{
    public static TheoryData<string, byte[]> OtherPackets => new()
    {
        { "PINGREQ", Packet.PingReq },
        { "PUBLISH", Packet.Publish(MqttVersion.V50, "open/t", [1]) },
        { "SUBSCRIBE", Packet.Subscribe(MqttVersion.V50, 1, [("open/t", 0)]) },
        { "PUBACK", Packet.Acknowledge(PacketType.PubAck, 1) },
        { "CONNECT", new ConnectRequest(MqttVersion.V50, "again").ToBytes() },
    };

    [Theory]
    [InlineData(Sha512, Ann)]
    [InlineData(Sha512, Odd)]
    [InlineData(Sha256, Bob)]
    [Spec("MQTT5-4.12.0-2")]
    [Spec("MQTT5-4.12.0-5")]
    public async Task Exchange_RightPassword_Connects(string method, string user)
    {
        var scram = Of(user, method);
        await using var client = await broker.BeginAsync(scram);
        var asked = (await client.ExpectAsync(PacketType.Auth)).ToAuth();
        Assert.Equal((Reason.ContinueAuthentication, method), (asked.ReasonCode, asked.Method));
        await client.SendAsync(Packet.Auth(Reason.ContinueAuthentication, method, scram.Final(asked.Data!)));

        var connAck = (await client.ExpectAsync(PacketType.ConnAck)).ToConnAck(MqttVersion.V50);
        Assert.Equal((Reason.Success, method), (connAck.ReasonCode, connAck.Properties.Text(PropertyId.AuthenticationMethod)));
        Assert.True(scram.IsServer(connAck.Properties.Bytes(PropertyId.AuthenticationData)));
        await client.PingAsync();
    }

    [Fact]
    [Spec("MQTT5-4.12.0-2")]
    [Spec("MQTT5-4.12.0-5")]
    public async Task Exchange_ConnectWithoutData_IsAskedForThem()
    {
        var scram = Of(Ann);
        await using var client = await RawClient.OpenAsync(broker.Endpoint, MqttVersion.V50);
        await client.SendAsync(With(request: null, Sha512, data: null).ToBytes());
        Assert.Null(await ExpectChallengeAsync(client, Sha512));
        await client.SendAsync(Packet.Auth(Reason.ContinueAuthentication, Sha512, scram.First()));
        await AnswerAsync(client, scram);
        Assert.Equal(Reason.Success, (await client.ExpectAsync(PacketType.ConnAck)).ToConnAck(MqttVersion.V50).ReasonCode);
    }

    [Theory]
    [InlineData(Sha512, Ann, "wrong")]
    [InlineData(Sha256, Bob, "wrong")]
    [InlineData(Sha512, "nobody", Password)]
    [InlineData(Sha512, Bob, Password)]
    [InlineData(Sha256, Ann, Password)]
    [Spec("MQTT5-4.12.0-4")]
    public async Task Exchange_NotTheUser_IsRefused(string method, string user, string password)
    {
        var scram = Of(user, method, password);
        await using var client = await broker.BeginAsync(scram);
        await AnswerAsync(client, scram);
        await ExpectRefusedAsync(client, Reason.BadUserNameOrPassword);
    }

    [Theory]
    [InlineData(Ann)]
    [InlineData("nobody")]
    public async Task Exchange_SameUserTwice_GetsTheSameSaltAndAnotherNonce(string user)
    {
        var first = await AskAsync(user);
        var second = await AskAsync(user);
        Assert.Equal(first.Split(',')[1..], second.Split(',')[1..]);
        Assert.NotEqual(first.Split(',')[0], second.Split(',')[0]);
        Assert.EndsWith(",i=4096", first, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SCRAM-SHA-1")]
    [InlineData("scram-sha-512")]
    [InlineData("")]
    [Spec("MQTT5-4.12.0-1")]
    public async Task Connect_UnknownMethod_IsRefused(string method)
    {
        await using var client = await RawClient.OpenAsync(broker.Endpoint, MqttVersion.V50);
        await client.SendAsync(With(request: null, method, Of(Ann).First()).ToBytes());
        await ExpectRefusedAsync(client, Reason.BadAuthenticationMethod);
    }

    [Fact]
    [Spec("MQTT5-4.12.0-6")]
    public async Task Connect_WithoutMethod_MeetsNeitherAuthNorMethod()
    {
        var request = new ConnectRequest(MqttVersion.V50, Unique.ClientId()) { UserName = Ann, Password = Encoding.UTF8.GetBytes(Password) };
        var (client, connAck) = await RawClient.ConnectWithAckAsync(broker.Endpoint, request);
        await using var open = client;
        Assert.False(connAck.Properties.Has(PropertyId.AuthenticationMethod));
        Assert.False(connAck.Properties.Has(PropertyId.AuthenticationData));
        await client.ExpectNothingAsync();
    }

    [Fact]
    [Spec("MQTT5-4.12.0-7")]
    public async Task Auth_WithoutMethodInConnect_Closes()
    {
        var request = new ConnectRequest(MqttVersion.V50, Unique.ClientId()) { UserName = Ann, Password = Encoding.UTF8.GetBytes(Password) };
        await using var client = await RawClient.ConnectAsync(broker.Endpoint, request);
        await client.SendAsync(Packet.Auth(Reason.ReAuthenticate, Sha512, Of(Ann).First()));
        await client.ExpectDisconnectAsync(Reason.ProtocolError);
    }

    [Theory]
    [InlineData(Reason.ContinueAuthentication, Sha256)]
    [InlineData(Reason.Success, Sha512)]
    [InlineData(Reason.ReAuthenticate, Sha512)]
    [Spec("MQTT5-4.12.0-3")]
    [Spec("MQTT5-4.12.0-5")]
    public async Task Auth_OtherMethodOrReason_IsAProtocolError(byte reason, string method)
    {
        var scram = Of(Ann);
        await using var client = await broker.BeginAsync(scram);
        var final = scram.Final(await ExpectChallengeAsync(client, Sha512));
        await client.SendAsync(Packet.Auth(reason, method, final));
        await ExpectRefusedAsync(client, Reason.ProtocolError);
    }

    [Theory]
    [MemberData(nameof(OtherPackets))]
    [Spec("MQTT5-3.1.2-30")]
    public async Task Exchange_AnotherPacketBeforeConnAck_IsAProtocolError(string name, byte[] packet)
    {
        Assert.NotEmpty(name);
        await using var client = await broker.BeginAsync(Of(Ann));
        await ExpectChallengeAsync(client, Sha512);
        await client.SendAsync(packet);
        await ExpectRefusedAsync(client, Reason.ProtocolError);
    }

    [Fact]
    [Spec("MQTT5-3.1.2-30")]
    public async Task Exchange_Disconnect_EndsIt()
    {
        await using var client = await broker.BeginAsync(Of(Ann));
        await ExpectChallengeAsync(client, Sha512);
        await client.DisconnectAsync();
    }

    [Theory]
    [InlineData(1000, Reason.NotAuthorized)]
    [InlineData(1001, Reason.QuotaExceeded)]
    [Spec("MQTT5-4.12.0-4")]
    public async Task Exchange_LongData_AreRefused(int length, byte reason)
    {
        // No SCRAM, but within the limit: refused by the method.
        await using var first = await RawClient.OpenAsync(broker.Endpoint, MqttVersion.V50);
        await first.SendAsync(With(request: null, Sha512, new byte[length]).ToBytes());
        await ExpectRefusedAsync(first, reason);

        await using var later = await broker.BeginAsync(Of(Ann));
        await ExpectChallengeAsync(later, Sha512);
        await later.SendAsync(Packet.Auth(Reason.ContinueAuthentication, Sha512, new byte[length]));
        await ExpectRefusedAsync(later, reason);
    }

    [Fact]
    [Spec("MQTT5-4.12.0-4")]
    public async Task Exchange_NoAnswer_EndsWithTheTimeOfConnect()
    {
        await using var client = await broker.BeginAsync(Of(Ann));
        await ExpectChallengeAsync(client, Sha512);
        await ExpectRefusedAsync(client, Reason.NotAuthorized);
    }

    [Fact]
    public async Task Exchange_Refused_PublishesNoWill()
    {
        await using var watcher = await broker.ConnectAsync();
        var topic = $"open/{Unique.Topic()}";
        await watcher.SubscribeAsync(topic, 0);
        var scram = Of(Ann, password: "wrong");
        await using var client = await broker.BeginAsync(
            scram, new ConnectRequest(MqttVersion.V50, Unique.ClientId()) { Will = new WillRequest(topic, "gone"u8.ToArray()) });
        await AnswerAsync(client, scram);
        await ExpectRefusedAsync(client, Reason.BadUserNameOrPassword);
        await watcher.ExpectNothingAsync(TimeSpan.FromMilliseconds(300));
    }

    [Fact]
    public async Task Exchange_Refused_LeavesTheSessionOfTheClientIdAlone()
    {
        var clientId = Unique.ClientId();
        await using var open = await broker.ConnectAsync(Of(Ann), new ConnectRequest(MqttVersion.V50, clientId));
        var scram = Of(Bob, Sha256, "wrong");
        await using var thief = await broker.BeginAsync(scram, new ConnectRequest(MqttVersion.V50, clientId));
        await AnswerAsync(thief, scram);
        await ExpectRefusedAsync(thief, Reason.BadUserNameOrPassword);
        await open.PingAsync();
    }

    [Fact]
    public async Task Exchange_UserNameOfConnect_IsNotTheUser()
    {
        var request = new ConnectRequest(MqttVersion.V50, Unique.ClientId()) { UserName = Bob, Password = "whatever"u8.ToArray() };
        await using var client = await broker.ConnectAsync(Of(Ann), request);
        Assert.Equal([0, Reason.NotAuthorized], (await client.SubscribeWithAckAsync([("users/ann/#", 0), ("users/bob/#", 0)])).ReasonCodes);
    }

    private async Task<string> AskAsync(string user)
    {
        await using var client = await broker.BeginAsync(new ScramClient(Sha512, user, Password, nonce: "x"));
        return Encoding.UTF8.GetString(await ExpectChallengeAsync(client, Sha512));
    }
}
