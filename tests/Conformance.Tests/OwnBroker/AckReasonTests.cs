using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.OwnBroker;

/// <summary>The reason codes of the broker's own acknowledgements, and the last byte up to which a Reason String may fill them.</summary>
/// <param name="shared">For what needs no options.</param>
public sealed class AckReasonTests(BrokerFixture shared)
{
    /// <summary>In each of these circumstances the same code stands in PUBACK and PUBREC.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [Spec("MQTT5-3.4.2-1")]
    [Spec("MQTT5-3.5.2-1")]
    public async Task ReasonCode_OfPubAckAndPubRec_IsThatOfTheCircumstance(int qos)
    {
        await using var broker = await StartAsync();
        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        await using var subscriber = await broker.ConnectAsync(MqttVersion.V50);
        await subscriber.SubscribeAsync("heard", 0);
        var type = qos == 1 ? PacketType.PubAck : PacketType.PubRec;
        foreach (var (packet, reason) in new (byte[], byte)[]
        {
            (Publish("heard"), Reason.Success),
            (Publish("unheard"), Reason.NoMatchingSubscribers),
            (Publish("$SYS/own"), Reason.NotAuthorized),
            (Publish("heard", retain: true), Reason.QuotaExceeded),
            (Publish("heard", retain: false, Property.Byte(PropertyId.PayloadFormatIndicator, 1)), Reason.PayloadFormatInvalid),
        })
        {
            await client.SendAsync(packet);
            var answer = (await client.ExpectAckAsync(type, 1)).ReasonCode;
            Assert.Equal(reason, answer);
            Assert.Contains(answer, AckReasons.OfPublish);
            if (qos == 1 || reason >= 0x80)
                continue;
            await client.SendAsync(Packet.Acknowledge(PacketType.PubRel, 1));
            Assert.Equal(Reason.Success, (await client.ExpectAckAsync(PacketType.PubComp, 1)).ReasonCode);
        }

        byte[] Publish(string topic, bool retain = false, params byte[][] properties) =>
            Packet.Publish(MqttVersion.V50, topic, [0xFF], qos, 1, retain, properties: properties);
    }

    [Fact]
    [Spec("MQTT5-3.6.2-1")]
    [Spec("MQTT5-3.7.2-1")]
    public async Task ReasonCode_OfPubRelAndPubComp_SaysWhetherTheIdentifierIsKnown()
    {
        var topic = Unique.Topic();
        await using var client = await shared.ConnectSubscribedAsync(MqttVersion.V50, topic, 2);
        await client.PublishAsync(topic, "x", qos: 2); // PUBCOMP says Success
        var id = (await client.ExpectPublishAsync()).PacketIdentifier;
        foreach (var (unknown, reason) in new[] { (0, Reason.Success), (1, Reason.PacketIdentifierNotFound) })
        {
            await client.SendAsync(Packet.Acknowledge(PacketType.PubRec, id + unknown));
            Assert.Equal(reason, (await client.ExpectAckAsync(PacketType.PubRel, id + unknown)).ReasonCode);
        }

        await client.SendAsync(Packet.Acknowledge(PacketType.PubRel, 99));
        Assert.Equal(Reason.PacketIdentifierNotFound, (await client.ExpectAckAsync(PacketType.PubComp, 99)).ReasonCode);
    }

    [Fact]
    [Spec("MQTT5-3.4.2-2")]
    [Spec("MQTT5-3.4.2-3")]
    [Spec("MQTT5-3.5.2-2")]
    [Spec("MQTT5-3.5.2-3")]
    [Spec("MQTT5-3.6.2-2")]
    [Spec("MQTT5-3.6.2-3")]
    [Spec("MQTT5-3.7.2-2")]
    [Spec("MQTT5-3.7.2-3")]
    public async Task MaximumPacketSize_OneByteLessThanTheExplainedRefusal_LeavesTheExplanationOut()
    {
        await using var broker = await StartAsync();
        foreach (var type in new[] { PacketType.PubAck, PacketType.PubRec, PacketType.PubRel, PacketType.PubComp })
            await ExpectExplainedUpToTheSizeAsync(broker, type);
    }

    /// <summary>A broker that has something to refuse: it retains nothing and looks into payloads.</summary>
    private static Task<OwnBroker> StartAsync() =>
        OwnBroker.StartAsync("Broker:Limits:MaxRetainedBytes=0", "Broker:Limits:ValidatePayloadFormat=true");

    private static async Task ExpectExplainedUpToTheSizeAsync(OwnBroker broker, PacketType type)
    {
        var full = await RefuseAsync(broker, type, maximumPacketSize: 1000);
        Assert.NotEqual(0, full.ToAck(MqttVersion.V50).Properties.Count);
        var size = (uint)SizeOf(full);
        Assert.Equal(full.Body, (await RefuseAsync(broker, type, size)).Body);
        for (var less = 1u; less <= 3; less++)
        {
            var bare = await RefuseAsync(broker, type, size - less);
            Assert.Equal(0, bare.ToAck(MqttVersion.V50).Properties.Count);
            Assert.Equal(full.ToAck(MqttVersion.V50).ReasonCode, bare.ToAck(MqttVersion.V50).ReasonCode);
            Assert.InRange(SizeOf(bare), 0, (int)(size - less));
        }
    }

    /// <summary>The answer of this type to a client that takes packets of this size.</summary>
    private static async Task<Frame> RefuseAsync(OwnBroker broker, PacketType type, uint maximumPacketSize)
    {
        await using var client = await broker.ConnectAsync(
            new ConnectRequest(MqttVersion.V50, Unique.ClientId()) { Properties = [Property.MaximumPacketSize(maximumPacketSize)] });
        await client.SendAsync(type switch
        {
            PacketType.PubAck => Packet.Publish(MqttVersion.V50, "t", [1], 1, 1, retain: true),
            PacketType.PubRec => Packet.Publish(MqttVersion.V50, "t", [1], 2, 1, retain: true),
            PacketType.PubRel => Packet.Acknowledge(PacketType.PubRec, 1),
            _ => Packet.Acknowledge(PacketType.PubRel, 1),
        });
        return await client.ExpectAsync(type);
    }

    // None of them needs more than one byte of remaining length.
    private static int SizeOf(Frame frame) => frame.Body.Length <= 127 ? 2 + frame.Body.Length : throw new InvalidOperationException($"{frame}");
}
