using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.OwnBroker;

/// <summary>Limits on what a client says about itself, and on what it holds.</summary>
public sealed class ClientLimitTests
{
    [Theory]
    [InlineData(MqttVersion.V31, (byte)2)]
    [InlineData(MqttVersion.V311, (byte)2)]
    [InlineData(MqttVersion.V50, Reason.ClientIdentifierNotValid)]
    [Spec("MQTT5-3.1.3-8")]
    [Spec("MQTT311-3.1.3-9")]
    public async Task MaxClientIdBytes_Exceeded_IsRefused(MqttVersion version, byte refused)
    {
        await using var broker = await OwnBroker.StartAsync("Broker:Limits:MaxClientIdBytes=30");
        // Bytes, not characters: fifteen of two bytes each.
        foreach (var fitting in new[] { new string('c', 30), new string('\u00e4', 15) })
        {
            Assert.Equal(Reason.Success, await ConnectAsync(broker, version, fitting));
            Assert.Equal(refused, await ConnectAsync(broker, version, fitting + "c"));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [Spec("MQTT5-3.3.2-9")]
    [Spec("MQTT5-3.3.2-12")]
    public async Task MaxTopicAliases_Exceeded_Closes(int maximum)
    {
        await using var broker = await OwnBroker.StartAsync($"Broker:Limits:MaxTopicAliases={maximum}");
        var (client, connAck) = await RawClient.ConnectWithAckAsync(broker.Endpoint, new ConnectRequest(MqttVersion.V50, Unique.ClientId()));
        await using (client)
        {
            Assert.Equal(maximum, (int)(connAck.Properties.Integer(PropertyId.TopicAliasMaximum) ?? 0));
            await client.SubscribeAsync("t/#", 0);
            for (var alias = 1; alias <= maximum; alias++)
            {
                await client.PublishAsync($"t/{alias}", "", 1, retain: false, Property.TopicAlias(alias));
                await client.PublishAsync("", "", 1, retain: false, Property.TopicAlias(alias));
                for (var i = 0; i < 2; i++)
                    Assert.Equal($"t/{alias}", (await client.ReceiveAsync()).Topic);
            }

            await client.SendAsync(Packet.Publish(MqttVersion.V50, "t/t", [1], properties: Property.TopicAlias(maximum + 1)));
            await client.ExpectDisconnectAsync(Reason.TopicAliasInvalid);
        }
    }

    [Theory]
    [InlineData(MqttVersion.V31)]
    [InlineData(MqttVersion.V311)]
    public async Task ReceiveMaximum_Exceeded_HoldsNo3Client(MqttVersion version)
    {
        // A client that does not know the number must not be closed for passing it.
        await using var broker = await OwnBroker.StartAsync("Broker:Limits:ReceiveMaximum=2");
        await using var client = await broker.ConnectAsync(version);
        for (var i = 1; i <= 5; i++)
        {
            await client.SendAsync(Packet.Publish(version, "t", [1], qos: 2, packetIdentifier: i));
            await client.ExpectAckAsync(PacketType.PubRec, i);
        }

        await client.PingAsync();
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task ConnectTimeout_NoConnect_Closes(MqttVersion version)
    {
        await using var broker = await OwnBroker.StartAsync("Broker:Timing:ConnectTimeout=1s");
        await using var client = await RawClient.OpenAsync(broker.Endpoint, version);
        Assert.Null(await client.ExpectClosedAsync());
    }

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V50)]
    public async Task MaxSessionExpiry_Zero_KeepsNoSession(MqttVersion version)
    {
        await using var broker = await OwnBroker.StartAsync("Broker:Limits:MaxSessionExpiry=0s");
        var request = ConnectRequest.Persistent(version, Unique.ClientId());
        await using (var first = await broker.ConnectAsync(request))
        {
            await first.SubscribeAsync("t", 1);
            await first.DisconnectAsync();
        }

        var (second, connAck) = await RawClient.ConnectWithAckAsync(broker.Endpoint, request);
        await using (second)
            Assert.False(connAck.SessionPresent);
    }

    private static async Task<byte> ConnectAsync(OwnBroker broker, MqttVersion version, string clientId)
    {
        await using var client = await RawClient.OpenAsync(broker.Endpoint, version);
        await client.SendAsync(new ConnectRequest(version, clientId).ToBytes());
        var reason = (await client.ExpectAsync(PacketType.ConnAck)).ToConnAck(version).ReasonCode;
        if (reason == Reason.Success)
            await client.DisconnectAsync();
        else
            await client.ExpectClosedAsync();
        return reason;
    }
}
