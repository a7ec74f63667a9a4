using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests;

/// <summary>What may stand in CONNECT and what CONNACK answers.</summary>
public sealed class ConnectTests(BrokerFixture broker)
{
    private const byte IdentifierRejected = 2;

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Connect_Plain_IsAcceptedWithoutSession(MqttVersion version)
    {
        var (client, connAck) = await RawClient.ConnectWithAckAsync(broker.Tcp, new ConnectRequest(version, Unique.ClientId()));
        await using (client)
        {
            Assert.False(connAck.SessionPresent);
            await client.ExpectNothingAsync();
            await client.DisconnectAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Connect_CutAtEveryByte_IsAccepted(MqttVersion version)
    {
        await using var client = await RawClient.OpenAsync(broker.Tcp, version);
        foreach (var one in new ConnectRequest(version, Unique.ClientId()).ToBytes())
            await client.SendAsync(new[] { one });
        Assert.Equal(Reason.Success, (await client.ExpectAsync(PacketType.ConnAck)).ToConnAck(version).ReasonCode);
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Connect_SubscribeAndPingInTheSameWrite_AreAnsweredAfterConnAck(MqttVersion version)
    {
        await using var client = await RawClient.OpenAsync(broker.Tcp, version);
        byte[] all =
        [
            .. new ConnectRequest(version, Unique.ClientId()).ToBytes(),
            .. Packet.Subscribe(version, 1, [(Unique.Topic(), 0)]),
            .. Packet.PingReq,
        ];
        await client.SendAsync(all);
        await client.ExpectAsync(PacketType.ConnAck);
        // A ping need not wait for a subscription.
        var answers = new[] { (await client.NextAsync()).Type, (await client.NextAsync()).Type };
        Assert.Equal([PacketType.SubAck, PacketType.PingResp], answers.Order());
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.1.0-2")]
    [Spec("MQTT311-3.1.0-2")]
    public async Task Connect_Second_IsAProtocolError(MqttVersion version)
    {
        var request = new ConnectRequest(version, Unique.ClientId());
        await using var client = await broker.ConnectAsync(request);
        await client.SendAsync(request.ToBytes());
        await client.ExpectDisconnectAsync(Reason.ProtocolError);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(23)]
    [Spec("MQTT5-3.1.3-5")]
    [Spec("MQTT311-3.1.3-5")]
    public async Task ClientId_OfTheLengthsEveryServerTakes_IsAccepted(int length)
    {
        const string Characters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        foreach (var version in Enum.GetValues<MqttVersion>())
        {
            for (var start = 0; start < Characters.Length; start += length)
            {
                var clientId = string.Concat(Enumerable.Range(start, length).Select(i => Characters[i % Characters.Length]));
                await using var client = await broker.ConnectAsync(new ConnectRequest(version, clientId));
                await client.DisconnectAsync();
            }
        }
    }

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V50)]
    [Spec("MQTT5-3.1.3-6")]
    [Spec("MQTT5-3.1.3-7")]
    [Spec("MQTT5-3.2.2-16")]
    [Spec("MQTT311-3.1.3-6")]
    public async Task ClientId_EmptyWithCleanStart_GetsOneOfItsOwn(MqttVersion version)
    {
        var (first, firstAck) = await RawClient.ConnectWithAckAsync(broker.Tcp, new ConnectRequest(version, ""));
        var (second, secondAck) = await RawClient.ConnectWithAckAsync(broker.Tcp, new ConnectRequest(version, ""));
        await using (first)
        await using (second)
        {
            await first.ExpectNothingAsync();
            await second.ExpectNothingAsync();
            if (version != MqttVersion.V50)
                return;
            var firstId = firstAck.Properties.Text(PropertyId.AssignedClientIdentifier);
            Assert.False(string.IsNullOrEmpty(firstId));
            Assert.NotEqual(firstId, secondAck.Properties.Text(PropertyId.AssignedClientIdentifier));
        }
    }

    [Fact]
    public async Task ClientId_Assigned_NamesTheSessionAtTheNextConnect()
    {
        var (first, ack) = await RawClient.ConnectWithAckAsync(broker.Tcp, ConnectRequest.Persistent(MqttVersion.V50, ""));
        await using (first)
            await first.DisconnectAsync();
        var assigned = ack.Properties.Text(PropertyId.AssignedClientIdentifier)!;
        var (second, secondAck) = await RawClient.ConnectWithAckAsync(broker.Tcp, ConnectRequest.Persistent(MqttVersion.V50, assigned));
        await using (second)
        {
            Assert.True(secondAck.SessionPresent);
            Assert.False(secondAck.Properties.Has(PropertyId.AssignedClientIdentifier));
        }
    }

    [Theory]
    [InlineData(MqttVersion.V31, true)]
    [InlineData(MqttVersion.V311, false)]
    [Spec("MQTT311-3.1.3-8")]
    public async Task ClientId_EmptyWhereItMayNotBe_IsRefused(MqttVersion version, bool clean)
    {
        await using var client = await RawClient.OpenAsync(broker.Tcp, version);
        await client.SendAsync(new ConnectRequest(version, "") { CleanStart = clean }.ToBytes());
        Assert.Equal(IdentifierRejected, (await client.ExpectAsync(PacketType.ConnAck)).ToConnAck(version).ReasonCode);
        await client.ExpectClosedAsync();
    }

    [Theory]
    [InlineData(MqttVersion.V311, IdentifierRejected)]
    [InlineData(MqttVersion.V50, Reason.ClientIdentifierNotValid)]
    [Spec("MQTT5-3.1.3-8")]
    [Spec("MQTT311-3.1.3-9")]
    public async Task ClientId_LongerThanTheBrokerTakes_IsRefused(MqttVersion version, byte reason)
    {
        Assert.SkipWhen(BrokerProcess.IsForeign, "the limit of 1,024 bytes is this broker's");
        await using (var longest = await broker.ConnectAsync(new ConnectRequest(version, new string('x', 1_024))))
            await longest.DisconnectAsync();
        await using var client = await RawClient.OpenAsync(broker.Tcp, version);
        await client.SendAsync(new ConnectRequest(version, new string('x', 1_025)).ToBytes());
        Assert.Equal(reason, (await client.ExpectAsync(PacketType.ConnAck)).ToConnAck(version).ReasonCode);
        await client.ExpectClosedAsync();
    }

    [Fact]
    public async Task PasswordWithoutUserName_In50_IsAccepted()
    {
        await using var client = await broker.ConnectAsync(
            new ConnectRequest(MqttVersion.V50, Unique.ClientId()) { Password = "secret"u8.ToArray() });
        await client.PingAsync();
    }

    [Fact]
    [Spec("MQTT5-4.12.0-1")]
    public async Task AuthenticationMethod_NotSupported_IsRefused()
    {
        byte[] allowed = [0x8C, 0x87]; // Bad authentication method, Not authorized.
        await using var client = await RawClient.OpenAsync(broker.Tcp, MqttVersion.V50);
        await client.SendAsync(new ConnectRequest(MqttVersion.V50, Unique.ClientId())
        {
            Properties = [Property.Utf8(PropertyId.AuthenticationMethod, "no-such-method")],
        }.ToBytes());
        var ack = (await client.ExpectAsync(PacketType.ConnAck)).ToConnAck(MqttVersion.V50);
        Assert.Contains(ack.ReasonCode, allowed);
        Assert.False(ack.SessionPresent);
        await client.ExpectClosedAsync();
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Disconnect_Clean_ClosesWithoutAWord(MqttVersion version)
    {
        await using var client = await broker.ConnectAsync(version);
        await client.DisconnectAsync();
    }
}
