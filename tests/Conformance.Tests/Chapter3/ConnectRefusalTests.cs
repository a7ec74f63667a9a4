using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter3;

/// <summary>
/// MQTT sections 3.1 and 3.1.4: what stands where a good CONNECT should. The broker closes, and if it says something, it says the right thing.
/// </summary>
public sealed class ConnectRefusalTests(BrokerFixture broker)
{
    public static TheoryData<string, byte[]> NotConnect => new()
    {
        { "CONNACK", [0x20, 0x02, 0x00, 0x00] },
        { "PUBLISH", Packet.Publish(MqttVersion.V311, "a", [1]) },
        { "SUBSCRIBE", Packet.Subscribe(MqttVersion.V311, 1, [("a", 0)]) },
        { "PINGREQ", Packet.PingReq },
        { "DISCONNECT", [0xE0, 0x00] },
        { "AUTH", [0xF0, 0x00] },
        { "type 0", [0x00, 0x00] },
        { "HTTP", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray() },
        { "TLS", [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03] },
        { "length of five bytes", [0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0x01] },
    };

    /// <summary>Name, first byte, protocol name, level, flags, rest from the keep-alive on.</summary>
    public static TheoryData<string, byte[]> IllegalConnects => new()
    {
        { "fixed header flags", Connect(0x02, first: 0x11) },
        { "reserved flag in 3.1.1", Connect(0x03, level: 4) },
        { "reserved flag in 5.0", Connect(0x03, level: 5) },
        { "will QoS 3", Connect(0x1E, will: true) },
        { "will QoS without will", Connect(0x0A) },
        { "will retain without will", Connect(0x22) },
        { "password without user name in 3.1.1", Connect(0x42, tail: new ByteBuilder().Utf8("p").ToArray()) },
        { "will flag without will", Connect(0x06) },
        { "user name flag without user name", Connect(0x82) },
        { "a byte after the end", Connect(0x02, tail: [0x00]) },
        { "empty", new ByteBuilder().ToPacket(0x10) },
        { "cut in the client id", new ByteBuilder().Utf8("MQTT").Byte(4).Byte(2).UInt16(0).UInt16(5).Byte('a').ToPacket(0x10) },
        { "client id not UTF-8", Connect(0x02, clientId: [0xC3, 0x28]) },
        { "client id with U+0000", Connect(0x02, clientId: [0x61, 0x00]) },
        { "client id with a surrogate", Connect(0x02, clientId: [0xED, 0xA0, 0x80]) },
        { "will topic with wildcard", Connect(0x06, tail: new ByteBuilder().Utf8("a/#").Utf8("w").ToArray()) },
        { "receive maximum 0 in 5.0", Connect(0x02, level: 5, properties: [Property.ReceiveMaximum(0)]) },
        { "maximum packet size 0 in 5.0", Connect(0x02, level: 5, properties: [Property.MaximumPacketSize(0)]) },
        {
            "property twice in 5.0",
            Connect(0x02, level: 5, properties: [Property.SessionExpiryInterval(1), Property.SessionExpiryInterval(1)])
        },
        { "property of another packet in 5.0", Connect(0x02, level: 5, properties: [Property.TopicAlias(1)]) },
        { "unknown property in 5.0", Connect(0x02, level: 5, properties: [[0x7F, 0x00]]) },
        { "request problem information 2 in 5.0", Connect(0x02, level: 5, properties: [[0x17, 0x02]]) },
        {
            "authentication data without method in 5.0",
            Connect(0x02, level: 5, properties: [Property.Binary(PropertyId.AuthenticationData, [1])])
        },
    };

    [Theory]
    [MemberData(nameof(NotConnect))]
    [Spec("MQTT5-3.1.0-1")]
    [Spec("MQTT311-3.1.0-1")]
    public async Task FirstPacket_NotConnect_ClosesWithoutAnAnswer(string name, byte[] bytes)
    {
        Assert.NotEmpty(name);
        await using var client = await RawClient.OpenAsync(broker.Tcp, MqttVersion.V311);
        await client.SendAsync(bytes);
        await client.ExpectClosedAsync();
    }

    [Theory]
    [MemberData(nameof(IllegalConnects))]
    [Spec("MQTT5-3.1.4-1")]
    [Spec("MQTT311-3.1.4-1")]
    public async Task Connect_Illegal_IsNotAcceptedAndCloses(string name, byte[] bytes)
    {
        var version = name.EndsWith("5.0", StringComparison.Ordinal) ? MqttVersion.V50 : MqttVersion.V311;
        await using var client = await RawClient.OpenAsync(broker.Tcp, version);
        await client.SendAsync(bytes);
        if (await AnswerAsync(client) is not { } answer)
            return;
        // 3.1.1 has no return code for this; a CONNACK may only be that of 5.0.
        Assert.Equal(MqttVersion.V50, version);
        var ack = answer.ToConnAck(version);
        Assert.Contains(ack.ReasonCode, new[] { Reason.MalformedPacket, Reason.ProtocolError });
        Assert.False(ack.SessionPresent);
        await client.ExpectClosedAsync();
    }

    [Theory]
    [InlineData("MQTT", 0)]
    [InlineData("MQTT", 6)]
    [InlineData("MQTT", 255)]
    [InlineData("MQIsdp", 2)]
    [Spec("MQTT5-3.1.2-2")]
    [Spec("MQTT311-3.1.2-2")]
    public async Task Connect_UnknownLevel_IsRefusedAndCloses(string protocol, int level)
    {
        const byte UnacceptableProtocolVersion = 1;
        await using var client = await RawClient.OpenAsync(broker.Tcp, MqttVersion.V311);
        await client.SendAsync(new ByteBuilder().Utf8(protocol).Byte(level).Byte(2).UInt16(0).Utf8(Unique.ClientId()).ToPacket(0x10));
        if (await AnswerAsync(client) is not { } answer)
            return;
        Assert.Equal(PacketType.ConnAck, answer.Type);
        Assert.Contains(answer.Body[1], new[] { UnacceptableProtocolVersion, Reason.UnsupportedProtocolVersion });
        await client.ExpectClosedAsync();
    }

    [Theory]
    [InlineData("MQTX", 4)]
    [InlineData("mqtt", 4)]
    [InlineData("MQTT", 3)]
    [InlineData("MQIsdp", 4)]
    [InlineData("MQIsdp", 5)]
    [InlineData("", 4)]
    [Spec("MQTT5-3.1.2-1")]
    [Spec("MQTT311-3.1.2-1")]
    public async Task Connect_UnknownProtocol_IsNotAcceptedAndCloses(string protocol, int level)
    {
        await using var client = await RawClient.OpenAsync(broker.Tcp, MqttVersion.V311);
        await client.SendAsync(new ByteBuilder().Utf8(protocol).Byte(level).Byte(2).UInt16(0).Utf8(Unique.ClientId()).ToPacket(0x10));
        if (await AnswerAsync(client) is not { } answer)
            return;
        Assert.Equal(PacketType.ConnAck, answer.Type);
        Assert.NotEqual(0, answer.Body[1]);
        await client.ExpectClosedAsync();
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0x10 })]
    [InlineData(new byte[] { 0x10, 0x20, 0x00, 0x04, 0x4D })]
    public async Task Connect_NotCompleteInTime_Closes(byte[] begun)
    {
        Assert.SkipWhen(BrokerProcess.IsForeign, "the time is an option of this broker");
        var start = TimeProvider.System.GetTimestamp();
        await using var client = await RawClient.OpenAsync(broker.Tcp, MqttVersion.V311);
        if (begun.Length > 0)
            await client.SendAsync(begun);
        await client.ExpectClosedAsync(BrokerFixture.ConnectTimeout + TimeSpan.FromSeconds(5));
        var took = TimeProvider.System.GetElapsedTime(start, client.Closed);
        Assert.InRange(took, BrokerFixture.ConnectTimeout, BrokerFixture.ConnectTimeout + TimeSpan.FromSeconds(5));
    }

    /// <summary>The one frame that comes, or null when the broker just closes.</summary>
    private static async Task<Frame?> AnswerAsync(RawClient client)
    {
        await Task.WhenAny(client.Ended, Task.Delay(RawClient.DefaultTimeout, TimeProvider.System));
        Assert.True(client.Ended.IsCompleted, "the connection is still open");
        return client.TryNext();
    }

    private static byte[] Connect(
        int flags,
        int level = 4,
        int first = 0x10,
        byte[]? clientId = null,
        bool will = false,
        byte[]? tail = null,
        byte[][]? properties = null)
    {
        var body = new ByteBuilder().Utf8("MQTT").Byte(level).Byte(flags).UInt16(0);
        if (level == 5)
            body.Properties(properties ?? []);
        body.Binary(clientId ?? "refused"u8.ToArray());
        if (will)
            body.Utf8("w").Utf8("w");
        return body.Raw(tail ?? []).ToPacket(first);
    }
}
