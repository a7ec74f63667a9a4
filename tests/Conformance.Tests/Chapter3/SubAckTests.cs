using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter3;

/// <summary>MQTT section 3.9, SUBACK: what answers a SUBSCRIBE.</summary>
public sealed class SubAckTests(BrokerFixture broker)
{
    /// <summary>3.1 has no failure; this broker says that of 3.1.1.</summary>
    private const byte Failure3 = 0x80;

    public static MatrixTheoryData<MqttVersion, int> Identifiers => new(Enum.GetValues<MqttVersion>(), [1, 0x1234, 0xFFFF]);

    [Theory]
    [MemberData(nameof(Identifiers))]
    [Spec("MQTT5-3.8.4-1")]
    [Spec("MQTT5-3.8.4-2")]
    [Spec("MQTT311-3.8.4-1")]
    [Spec("MQTT311-3.8.4-2")]
    public async Task Subscribe_WithThisIdentifier_IsAnsweredOnceWithIt(MqttVersion version, int identifier)
    {
        await using var client = await broker.ConnectAsync(version);
        await client.SendAsync(Packet.Subscribe(version, identifier, [(Unique.Topic(), 2), (Unique.Topic(), 0)]));
        var subAck = await client.ExpectAsync(PacketType.SubAck);
        Assert.Equal(new ByteBuilder().UInt16(identifier).Raw(BadInput.NoProperties(version)).Byte(2).Byte(0).ToArray(), subAck.Body);
        await client.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.8.4-1")]
    [Spec("MQTT311-3.8.4-1")]
    public async Task Subscribe_ManyInOneWrite_AreAllAnswered(MqttVersion version)
    {
        const int Count = 40;
        await using var client = await broker.ConnectAsync(version);
        var topic = Unique.Topic();
        await client.SendAsync(Enumerable.Range(1, Count).SelectMany(id => Packet.Subscribe(version, id, [(topic, id % 3)])).ToArray());
        for (var id = 1; id <= Count; id++)
        {
            var subAck = (await client.ExpectAsync(PacketType.SubAck)).ToSubAck(version);
            Assert.Equal((id, (byte)(id % 3)), (subAck.PacketIdentifier, Assert.Single(subAck.ReasonCodes)));
        }

        await client.ExpectNothingAsync();
    }

    /// <summary>Each filter is granted or refused by itself; the refusal does not end the connection, and what was refused is no subscription.</summary>
    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.8.4-7")]
    [Spec("MQTT5-3.9.3-2")]
    [Spec("MQTT311-3.9.3-2")]
    public async Task Codes_OfGrantedAndIllegalFilters_AreOfTheTable(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(version);
        var subAck = await client.SubscribeWithAckAsync([($"{topic}/0", 0), ($"{topic}/a#", 1), ($"{topic}/1", 1), ($"{topic}/#/b", 2), ($"{topic}/2", 2)]);
        Assert.Equal(5, subAck.ReasonCodes.Length);
        for (var qos = 0; qos <= 2; qos++)
        {
            Assert.Equal(qos, subAck.ReasonCodes[2 * qos]);
            await client.PublishAsync($"{topic}/{qos}", "granted", qos: 2);
            Assert.Equal(qos, (await client.ReceiveAsync()).QoS);
        }

        foreach (var refused in new[] { subAck.ReasonCodes[1], subAck.ReasonCodes[3] })
            Assert.Equal(version == MqttVersion.V50 ? Reason.TopicFilterInvalid : Failure3, refused);
    }
}
