using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter3;

/// <summary>MQTT section 3.14, DISCONNECT.</summary>
public sealed class DisconnectTests(BrokerFixture broker)
{
    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Disconnect_Clean_ClosesWithoutAWord(MqttVersion version)
    {
        await using var client = await broker.ConnectAsync(version);
        await client.DisconnectAsync();
    }

    [Fact]
    public async Task SessionExpiryInterval_SetToZeroByDisconnect_EndsTheSession()
    {
        var request = ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId());
        await using (var first = await broker.ConnectAsync(request))
            await first.DisconnectAsync(Reason.Success, Property.SessionExpiryInterval(0));
        var (second, connAck) = await RawClient.ConnectWithAckAsync(broker.Endpoint, request);
        await using (second)
            Assert.False(connAck.SessionPresent);
    }

    [Fact]
    public async Task SessionExpiryInterval_RaisedFromZeroByDisconnect_IsAProtocolError()
    {
        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        await client.SendAsync(Packet.Disconnect(MqttVersion.V50, Reason.Success, Property.SessionExpiryInterval(10)));
        await client.ExpectDisconnectAsync(Reason.ProtocolError);
    }
}
