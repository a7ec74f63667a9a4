using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter3;

/// <summary>MQTT section 3.1.3.1, the client identifier.</summary>
public sealed class ConnectClientIdTests(BrokerFixture broker)
{
    private const byte IdentifierRejected = 2;

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

    [Fact]
    public async Task ClientId_Assigned_NamesTheSessionAtTheNextConnect()
    {
        var (first, ack) = await RawClient.ConnectWithAckAsync(broker.Endpoint, ConnectRequest.Persistent(MqttVersion.V50, ""));
        await using (first)
            await first.DisconnectAsync();
        var assigned = ack.Properties.Text(PropertyId.AssignedClientIdentifier)!;
        var (second, secondAck) = await RawClient.ConnectWithAckAsync(broker.Endpoint, ConnectRequest.Persistent(MqttVersion.V50, assigned));
        await using (second)
        {
            Assert.True(secondAck.SessionPresent);
            Assert.False(secondAck.Properties.Has(PropertyId.AssignedClientIdentifier));
        }
    }

    [Theory]
    [InlineData(MqttVersion.V31, true)]
    [InlineData(MqttVersion.V311, false)]
    [Spec("MQTT311-3.1.3-7")]
    [Spec("MQTT311-3.1.3-8")]
    public async Task ClientId_EmptyWhereItMayNotBe_IsRefused(MqttVersion version, bool clean)
    {
        await using var client = await RawClient.OpenAsync(broker.Endpoint, version);
        await client.SendAsync(new ConnectRequest(version, "") { CleanStart = clean }.ToBytes());
        var connAck = (await client.ExpectAsync(PacketType.ConnAck)).ToConnAck(version);
        Assert.Equal((IdentifierRejected, false), (connAck.ReasonCode, connAck.SessionPresent));
        await client.ExpectClosedAsync();
    }

    [Theory]
    [InlineData(MqttVersion.V311, IdentifierRejected)]
    [InlineData(MqttVersion.V50, Reason.ClientIdentifierNotValid)]
    [Spec("MQTT5-3.1.3-8")]
    [Spec("MQTT5-3.1.4-2")]
    [Spec("MQTT311-3.1.3-9")]
    public async Task ClientId_LongerThanTheBrokerTakes_IsRefused(MqttVersion version, byte reason)
    {
        Assert.SkipWhen(BrokerProcess.IsForeign, "the limit of 1,024 bytes is this broker's");
        await using (var longest = await broker.ConnectAsync(new ConnectRequest(version, new string('x', 1_024))))
            await longest.DisconnectAsync();
        await using var client = await RawClient.OpenAsync(broker.Endpoint, version);
        await client.SendAsync(new ConnectRequest(version, new string('x', 1_025)).ToBytes());
        Assert.Equal(reason, (await client.ExpectAsync(PacketType.ConnAck)).ToConnAck(version).ReasonCode);
        await client.ExpectClosedAsync();
    }
}
