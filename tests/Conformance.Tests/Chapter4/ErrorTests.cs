using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter4;

/// <summary>
/// What no client may send on an accepted connection: it is closed, in 5.0 with the reason that the standard names, and nobody else
/// notices. Malformed Packet and Protocol Error are both accepted where the standard leaves open which of the two a fault is.
/// </summary>
public sealed class ErrorTests(BrokerFixture broker)
{
    private static readonly byte[] Malformed = [Reason.MalformedPacket];
    private static readonly byte[] Protocol = [Reason.ProtocolError];
    private static readonly byte[] Either = [Reason.MalformedPacket, Reason.ProtocolError];
    private static readonly byte[] BadTopic = [Reason.TopicNameInvalid, .. Either];

    /// <summary>Illegal in every version; the bytes stand for 3.x, an empty property block is added where 5.0 has one.</summary>
    public static TheoryData<MqttVersion, string, byte[], byte[]> EveryVersion
    {
        get
        {
            var data = new TheoryData<MqttVersion, string, byte[], byte[]>();
            foreach (var version in Enum.GetValues<MqttVersion>())
            {
                var faults = FramingFaults().Concat(PublishFaults(version)).Concat(OtherFaults(version));
                // 3.1 reserves no flags: its clients may set DUP on SUBSCRIBE, and nothing forbids it at QoS 0.
                if (version != MqttVersion.V31)
                    faults = faults.Concat(FlagFaults(version));
                foreach (var (name, bytes, reasons) in faults)
                    data.Add(version, name, bytes, reasons);
            }

            return data;
        }
    }

    public static TheoryData<string, byte[], byte[]> Only50 => new()
    {
        { "PUBLISH topic alias twice", Publish50(Property.TopicAlias(1), Property.TopicAlias(1)), Either },
        { "PUBLISH payload format 2", Publish50(Property.Byte(PropertyId.PayloadFormatIndicator, 2)), Either },
        { "PUBLISH property of CONNECT", Publish50(Property.ReceiveMaximum(1)), Either },
        { "PUBLISH unknown property", Publish50([0x7F, 0x01]), Malformed },
        { "PUBLISH subscription identifier of a client", Publish50(Property.SubscriptionIdentifier(1)), Either },
        { "PUBLISH response topic with wildcard", Publish50(Property.Utf8(PropertyId.ResponseTopic, "a/#")), BadTopic },
        { "PUBLISH empty topic without alias", Packet.Publish(MqttVersion.V50, "", [1]), BadTopic },
        { "PUBLISH properties longer than the packet", [0x30, 0x05, 0x00, 0x01, 0x61, 0x20, 0x01], Malformed },
        { "PUBLISH property cut by the block", [0x30, 0x06, 0x00, 0x01, 0x61, 0x02, 0x02, 0x00], Malformed },
        { "PUBLISH properties' length of five bytes", [0x30, 0x08, 0x00, 0x01, 0x61, 0x80, 0x80, 0x80, 0x80, 0x01], Malformed },
        { "PUBLISH user property not UTF-8", Publish50([0x26, 0x00, 0x01, 0xFF, 0x00, 0x00]), Malformed },
        { "PUBLISH user property cut", Publish50([0x26, 0x00, 0x01, 0x61]), Malformed },
        { "SUBSCRIBE subscription identifier 0", Subscribe50(0, Property.SubscriptionIdentifier(0)), Either },
        { "SUBSCRIBE subscription identifier twice", Subscribe50(0, [.. Property.SubscriptionIdentifier(1), .. Property.SubscriptionIdentifier(2)]), Either },
        { "SUBSCRIBE reserved option bits", Subscribe50(0x40), Either },
        { "SUBSCRIBE retain handling 3", Subscribe50(0x30), Either },
        { "DISCONNECT session expiry twice", new ByteBuilder().Byte(0).Properties(Property.SessionExpiryInterval(0), Property.SessionExpiryInterval(0)).ToPacket(0xE0), Either },
        { "DISCONNECT unknown reason", [0xE0, 0x01, 0x55], Either },
        { "PUBACK unknown reason", [0x40, 0x03, 0x00, 0x01, 0x55], Either },
        { "PUBACK with a byte too many", [0x40, 0x05, 0x00, 0x01, 0x00, 0x00, 0x00], Malformed },
        { "AUTH without a method at CONNECT", [0xF0, 0x00], Protocol },
    };

    [Theory]
    [MemberData(nameof(EveryVersion))]
    [Spec("MQTT5-4.13.1-1")]
    [Spec("MQTT311-4.8.0-1")]
    public async Task Packet_IllegalInEveryVersion_Closes(MqttVersion version, string name, byte[] bytes, byte[] reasons)
    {
        Assert.NotEmpty(name);
        await SendAndExpectCloseAsync(version, bytes, reasons);
    }

    [Theory]
    [MemberData(nameof(Only50))]
    [Spec("MQTT5-4.13.1-1")]
    public async Task Packet_IllegalIn50_Closes(string name, byte[] bytes, byte[] reasons)
    {
        Assert.NotEmpty(name);
        await SendAndExpectCloseAsync(MqttVersion.V50, bytes, reasons);
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Bytes_RandomAfterConnect_DisturbNobody(MqttVersion version)
    {
        const int Seed = 20_260;
        const int Count = 150;
        var random = new Random(Seed + (int)version);
        var topic = Unique.Topic();
        await using var bystander = await broker.ConnectAsync(version);
        await bystander.SubscribeAsync(topic, 1);
        for (var i = 0; i < Count; i++)
        {
            await using var hostile = await broker.ConnectAsync(version);
            var bytes = new byte[random.Next(1, 200)];
            random.NextBytes(bytes);
            try
            {
                await hostile.SendAsync(bytes);
                await hostile.SendAsync(bytes);
            }
            catch (IOException)
            {
                // Closed meanwhile.
            }

            if (i % 10 != 0)
                continue;
            await bystander.PublishAsync(topic, $"{i}", qos: 1);
            Assert.Equal($"{i}", (await bystander.ReceiveAsync()).Text);
        }

        await bystander.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task GoodPackets_CutAnywhereByTheEndOfTheConnection_DisturbNobody(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var bystander = await broker.ConnectAsync(version);
        await bystander.SubscribeAsync(topic, 1);
        var packet = Packet.Publish(version, topic, [1, 2, 3], qos: 1, packetIdentifier: 1);
        for (var length = 1; length < packet.Length; length++)
        {
            await using var client = await broker.ConnectAsync(version);
            await client.SendAsync(packet.AsMemory(0, length));
        }

        await bystander.PublishAsync(topic, "end", qos: 1);
        Assert.Equal("end", (await bystander.ReceiveAsync()).Text);
        await bystander.ExpectNothingAsync();
    }

    private static IEnumerable<(string Name, byte[] Bytes, byte[] Reasons)> FramingFaults() =>
    [
        ("packet type 0", [0x00, 0x00], Either),
        ("CONNACK of a client", [0x20, 0x02, 0x00, 0x00], Either),
        ("SUBACK of a client", [0x90, 0x03, 0x00, 0x01, 0x00], Either),
        ("UNSUBACK of a client", [0xB0, 0x02, 0x00, 0x01], Either),
        ("PINGRESP of a client", [0xD0, 0x00], Either),
        ("remaining length of five bytes", [0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], Malformed),
        ("PINGREQ with a body", [0xC0, 0x01, 0x00], Malformed),
        ("PUBACK of one byte", [0x40, 0x01, 0x00], Malformed),
        ("PUBACK empty", [0x40, 0x00], Malformed),
        ("PUBACK of identifier 0", [0x40, 0x02, 0x00, 0x00], Either),
    ];

    private static IEnumerable<(string Name, byte[] Bytes, byte[] Reasons)> FlagFaults(MqttVersion version) =>
    [
        ("PUBLISH QoS 0 with DUP", Packet.Publish(version, "a", [1], dup: true), Either),
        ("PINGREQ with flags", [0xC1, 0x00], Malformed),
        ("DISCONNECT with flags", [0xE1, 0x00], Malformed),
        ("PUBREL without its flags", [0x60, 0x02, 0x00, 0x01], Malformed),
        ("PUBACK with flags", [0x42, 0x02, 0x00, 0x01], Malformed),
        ("SUBSCRIBE without its flags", WithFirst(0x80, Packet.Subscribe(version, 1, [("a", 0)])), Malformed),
        ("UNSUBSCRIBE without its flags", WithFirst(0xA0, Packet.Unsubscribe(version, 1, "a")), Malformed),
    ];

    private static IEnumerable<(string Name, byte[] Bytes, byte[] Reasons)> PublishFaults(MqttVersion version) =>
    [
        ("PUBLISH QoS 3", Packet.Publish(version, "a", [1], qos: 3, packetIdentifier: 1), Malformed),
        ("PUBLISH QoS 1 with identifier 0", Packet.Publish(version, "a", [1], qos: 1), Either),
        ("PUBLISH topic with #", Packet.Publish(version, "a/#", [1]), BadTopic),
        ("PUBLISH topic with +", Packet.Publish(version, "a/+/b", [1]), BadTopic),
        ("PUBLISH topic with U+0000", Packet.Publish(version, "a\0b", [1]), BadTopic),
        ("PUBLISH topic not UTF-8", [0x30, 0x05, 0x00, 0x02, 0xC3, 0x28, 0x00], BadTopic),
        ("PUBLISH topic with a surrogate", [0x30, 0x06, 0x00, 0x03, 0xED, 0xA0, 0x80, 0x00], BadTopic),
        ("PUBLISH topic of overlong UTF-8", [0x30, 0x05, 0x00, 0x02, 0xC0, 0xAF, 0x00], BadTopic),
        ("PUBLISH topic longer than the packet", [0x30, 0x04, 0x00, 0x09, 0x61, 0x62], Malformed),
        ("PUBLISH empty", [0x30, 0x00], Malformed),
        ("PUBLISH of one byte", [0x30, 0x01, 0x00], Malformed),
        ("PUBLISH QoS 1 without identifier", [0x32, 0x03, 0x00, 0x01, 0x61], Malformed),
    ];

    private static IEnumerable<(string Name, byte[] Bytes, byte[] Reasons)> OtherFaults(MqttVersion version)
    {
        byte[] properties = version == MqttVersion.V50 ? [0x00] : [];
        return
        [
            ("SUBSCRIBE without a filter", new ByteBuilder().UInt16(1).Raw(properties).ToPacket(0x82), Either),
            ("SUBSCRIBE of identifier 0", Packet.Subscribe(version, 0, [("a", 0)]), Either),
            ("SUBSCRIBE QoS 3", Packet.Subscribe(version, 1, [("a", 3)]), Either),
            ("SUBSCRIBE without options", new ByteBuilder().UInt16(1).Raw(properties).Utf8("a").ToPacket(0x82), Malformed),
            ("SUBSCRIBE filter not UTF-8", new ByteBuilder().UInt16(1).Raw(properties).Binary([0xFF]).Byte(0).ToPacket(0x82), Either),
            ("SUBSCRIBE filter with U+0000", Packet.Subscribe(version, 1, [("a\0", 0)]), Either),
            ("SUBSCRIBE cut in the filter", new ByteBuilder().UInt16(1).Raw(properties).UInt16(9).Byte('a').ToPacket(0x82), Malformed),
            ("SUBSCRIBE empty", [0x82, 0x00], Malformed),
            ("UNSUBSCRIBE without a filter", new ByteBuilder().UInt16(1).Raw(properties).ToPacket(0xA2), Either),
            ("UNSUBSCRIBE of identifier 0", Packet.Unsubscribe(version, 0, "a"), Either),
            ("UNSUBSCRIBE empty", [0xA2, 0x00], Malformed),
        ];
    }

    private static byte[] WithFirst(byte first, byte[] packet) => [first, .. packet.AsSpan(1)];

    private static byte[] Publish50(params byte[][] properties) => Packet.Publish(MqttVersion.V50, "a", [1], properties: properties);

    private static byte[] Subscribe50(int options, params byte[][] properties) =>
        Packet.Subscribe(MqttVersion.V50, 1, [("a", options)], properties);

    private async Task SendAndExpectCloseAsync(MqttVersion version, byte[] bytes, byte[] reasons)
    {
        var topic = Unique.Topic();
        await using var bystander = await broker.ConnectAsync(version);
        await bystander.SubscribeAsync(topic, 1);

        await using (var client = await broker.ConnectAsync(version))
        {
            await client.SendAsync(bytes);
            await client.ExpectDisconnectAsync(reasons);
        }

        await bystander.PublishAsync(topic, "still here", qos: 1);
        Assert.Equal("still here", (await bystander.ReceiveAsync()).Text);
        await bystander.ExpectNothingAsync();
    }
}
