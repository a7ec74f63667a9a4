using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.OwnBroker;

/// <summary>Request Problem Information: refusals explain themselves, unless the client does not want it or it does not fit.</summary>
public sealed class ReasonStringTests
{
    private const byte QuotaExceeded = 0x97;

    [Fact]
    public async Task ReasonString_Refusals_HaveOneByDefault()
    {
        await using var broker = await StartAsync();
        await using var client = await broker.ConnectAsync(Request());
        foreach (var properties in await RefusalsAsync(client))
            Assert.False(string.IsNullOrEmpty(properties.Text(PropertyId.ReasonString)));
    }

    [Fact]
    [Spec("MQTT5-3.1.2-29")]
    public async Task ReasonString_NotRequested_StandsInNoAcknowledgement()
    {
        await using var broker = await StartAsync();
        await using var client = await broker.ConnectAsync(Request(Property.Byte(PropertyId.RequestProblemInformation, 0)));
        foreach (var properties in await RefusalsAsync(client))
            Assert.Equal(0, properties.Count);
    }

    [Fact]
    [Spec("MQTT5-3.4.2-2")]
    [Spec("MQTT5-3.5.2-2")]
    [Spec("MQTT5-3.9.2-1")]
    [Spec("MQTT5-3.11.2-1")]
    [Spec("MQTT5-3.14.2-3")]
    [Spec("MQTT5-3.9.2-2")]
    [Spec("MQTT5-3.11.2-2")]
    [Spec("MQTT5-3.14.2-4")]
    public async Task ReasonString_DoesNotFit_IsLeftOut()
    {
        await using var broker = await StartAsync();
        // What CONNACK needs for the limits that it announces; less than any Reason String of ours.
        await using var client = await broker.ConnectAsync(Request(Property.MaximumPacketSize(30)));
        foreach (var properties in await RefusalsAsync(client))
            Assert.Equal(0, properties.Count);
        await client.SendAsync((byte[])[0xC0, 0x01, 0x00]);
        var disconnect = await client.ExpectClosedAsync();
        Assert.Equal((Reason.MalformedPacket, 0), (disconnect!.ReasonCode, disconnect.Properties.Count));
    }

    [Theory]
    [InlineData(20, false)]
    [InlineData(200, true)]
    [Spec("MQTT5-3.2.2-19")]
    public async Task ReasonString_OfARefusedConnect_IsThereWhenItFits(uint maximumPacketSize, bool expected)
    {
        await using var broker = await OwnBroker.StartAsync("Broker:Limits:MaxClientIdBytes=23");
        await using var client = await RawClient.OpenAsync(broker.Endpoint, MqttVersion.V50);
        var request = new ConnectRequest(MqttVersion.V50, new string('c', 24)) { Properties = [Property.MaximumPacketSize(maximumPacketSize)] };
        await client.SendAsync(request.ToBytes());
        var connAck = (await client.ExpectAsync(PacketType.ConnAck)).ToConnAck(MqttVersion.V50);
        Assert.Equal(Reason.ClientIdentifierNotValid, connAck.ReasonCode);
        Assert.Equal(expected, connAck.Properties.Has(PropertyId.ReasonString));
        await client.ExpectClosedAsync();
    }

    /// <summary>A broker that retains nothing and grants one subscription: every acknowledgement has something to refuse.</summary>
    private static Task<OwnBroker> StartAsync() =>
        OwnBroker.StartAsync("Broker:Limits:MaxRetainedBytes=0", "Broker:Limits:MaxSubscriptionsPerSession=1");

    private static ConnectRequest Request(params IReadOnlyList<byte[]> properties) =>
        new(MqttVersion.V50, Unique.ClientId()) { Properties = properties };

    /// <summary>PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK and UNSUBACK, each with a refusal.</summary>
    private static async Task<List<PropertyList>> RefusalsAsync(RawClient client)
    {
        await client.SendAsync(Packet.Publish(MqttVersion.V50, "t", [1], 1, 1, retain: true));
        var pubAck = await client.ExpectAckAsync(PacketType.PubAck, 1);
        Assert.Equal(QuotaExceeded, pubAck.ReasonCode);
        await client.SendAsync(Packet.Publish(MqttVersion.V50, "t", [1], 2, 2, retain: true));
        var pubRec = await client.ExpectAckAsync(PacketType.PubRec, 2);
        Assert.Equal(QuotaExceeded, pubRec.ReasonCode);
        await client.SendAsync(Packet.Acknowledge(PacketType.PubRec, 8));
        var pubRel = await client.ExpectAckAsync(PacketType.PubRel, 8);
        Assert.Equal(Reason.PacketIdentifierNotFound, pubRel.ReasonCode);
        await client.SendAsync(Packet.Acknowledge(PacketType.PubRel, 9));
        var pubComp = await client.ExpectAckAsync(PacketType.PubComp, 9);
        Assert.Equal(Reason.PacketIdentifierNotFound, pubComp.ReasonCode);
        var subAck = await client.SubscribeWithAckAsync([("a", 1), ("b", 1)]);
        Assert.Equal([1, QuotaExceeded], subAck.ReasonCodes);
        var unsubAck = await client.UnsubscribeAsync("a#");
        Assert.Equal([Reason.TopicFilterInvalid], unsubAck.ReasonCodes);
        return [pubAck.Properties, pubRec.Properties, pubRel.Properties, pubComp.Properties, subAck.Properties, unsubAck.Properties];
    }
}
