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

    public static TheoryData<string, byte[]> IllegalConnects => new()
    {
        { "fixed header flags", BadInput.WithFirst(0x11, Plain(MqttVersion.V311)) },
        { "a byte after the end", Connect(MqttVersion.V311, 0x02, new ByteBuilder().Utf8("a").Byte(0)) },
        { "empty", new ByteBuilder().ToPacket(0x10) },
        { "receive maximum 0 in 5.0", Connect50(Property.ReceiveMaximum(0)) },
        { "maximum packet size 0 in 5.0", Connect50(Property.MaximumPacketSize(0)) },
        { "property twice in 5.0", Connect50(Property.SessionExpiryInterval(1), Property.SessionExpiryInterval(1)) },
        { "property of another packet in 5.0", Connect50(Property.TopicAlias(1)) },
        { "unknown property in 5.0", Connect50([0x7F, 0x00]) },
        { "request problem information 2 in 5.0", Connect50([0x17, 0x02]) },
        { "authentication data without method in 5.0", Connect50(Property.Binary(PropertyId.AuthenticationData, [1])) },
    };

    /// <summary>3.1 leaves the flags and fields below open.</summary>
    public static TheoryData<MqttVersion> Strict => [MqttVersion.V311, MqttVersion.V50];

    [Theory]
    [MemberData(nameof(NotConnect))]
    [Spec("MQTT5-3.1.0-1")]
    [Spec("MQTT311-3.1.0-1")]
    public async Task FirstPacket_NotConnect_ClosesWithoutAnAnswer(string name, byte[] bytes)
    {
        Assert.NotEmpty(name);
        await using var client = await RawClient.OpenAsync(broker.Endpoint, MqttVersion.V311);
        await client.SendAsync(bytes);
        await client.ExpectClosedAsync();
    }

    [Theory]
    [MemberData(nameof(IllegalConnects))]
    [Spec("MQTT5-3.1.4-1")]
    [Spec("MQTT5-3.2.2-8")]
    [Spec("MQTT311-3.1.4-1")]
    [Spec("MQTT311-3.2.2-6")]
    public Task Connect_Illegal_IsNotAcceptedAndCloses(string name, byte[] bytes) =>
        RefusedAsync(name.EndsWith("5.0", StringComparison.Ordinal) ? MqttVersion.V50 : MqttVersion.V311, bytes);

    [Theory]
    [MemberData(nameof(Strict))]
    [Spec("MQTT5-3.1.2-3")]
    [Spec("MQTT311-3.1.2-3")]
    public Task ReservedFlag_Set_IsRefused(MqttVersion version) => RefusedAsync(version, Connect(version, 0x03, Id()));

    [Theory]
    [MemberData(nameof(Strict))]
    [Spec("MQTT5-3.1.2-12")]
    [Spec("MQTT311-3.1.2-14")]
    public Task WillQoS_Three_IsRefused(MqttVersion version) =>
        RefusedAsync(version, Connect(version, 0x1E, BadConnect.WithWill(version)));

    [Theory]
    [MemberData(nameof(Strict))]
    [Spec("MQTT5-3.1.2-11")]
    [Spec("MQTT311-3.1.2-11")]
    [Spec("MQTT311-3.1.2-13")]
    public async Task WillQoS_WithoutWillFlag_IsRefused(MqttVersion version)
    {
        foreach (var flags in new[] { 0x0A, 0x12 })
        {
            await RefusedAsync(version, Connect(version, flags, Id()));
            await RefusedAsync(version, Connect(version, flags, BadConnect.WithWill(version)));
        }
    }

    [Theory]
    [MemberData(nameof(Strict))]
    [Spec("MQTT5-3.1.2-13")]
    [Spec("MQTT311-3.1.2-11")]
    [Spec("MQTT311-3.1.2-15")]
    public Task WillRetain_WithoutWillFlag_IsRefused(MqttVersion version) => RefusedAsync(version, Connect(version, 0x22, Id()));

    [Theory]
    [MemberData(nameof(Strict))]
    [Spec("MQTT311-3.1.2-11")]
    public Task WillFields_WithoutWillFlag_AreRefused(MqttVersion version) =>
        RefusedAsync(version, Connect(version, 0x02, BadConnect.WithWill(version)));

    [Theory]
    [MemberData(nameof(Strict))]
    [Spec("MQTT5-3.1.2-9")]
    [Spec("MQTT311-3.1.2-9")]
    public async Task WillFlag_FieldMissing_IsRefused(MqttVersion version)
    {
        await RefusedAsync(version, Connect(version, 0x06, Id()));
        await RefusedAsync(version, Connect(version, 0x06, Id().Raw(BadInput.NoProperties(version)).Utf8("w")));
        if (version == MqttVersion.V50)
            await RefusedAsync(version, Connect(version, 0x06, Id().Utf8("w").Utf8("w"))); // will properties
    }

    [Theory]
    [MemberData(nameof(Strict))]
    [Spec("MQTT5-3.1.2-16")]
    [Spec("MQTT5-3.1.2-18")]
    [Spec("MQTT311-3.1.2-18")]
    [Spec("MQTT311-3.1.2-20")]
    public async Task UserNameAndPassword_WithoutTheirFlags_AreRefused(MqttVersion version)
    {
        await RefusedAsync(version, Connect(version, 0x02, Id().Utf8("user")));
        await RefusedAsync(version, Connect(version, 0x82, Id().Utf8("user").Utf8("password")));
    }

    [Theory]
    [MemberData(nameof(Strict))]
    [Spec("MQTT5-3.1.2-17")]
    [Spec("MQTT5-3.1.2-19")]
    [Spec("MQTT311-3.1.2-19")]
    [Spec("MQTT311-3.1.2-21")]
    public async Task UserNameAndPassword_FlaggedAndMissing_AreRefused(MqttVersion version)
    {
        await RefusedAsync(version, Connect(version, 0x82, Id()));
        await RefusedAsync(version, Connect(version, 0xC2, Id().Utf8("user")));
    }

    [Fact]
    [Spec("MQTT311-3.1.2-22")]
    public Task Password_WithoutUserNameIn311_IsRefused() =>
        RefusedAsync(MqttVersion.V311, Connect(MqttVersion.V311, 0x42, Id().Utf8("password")));

    [Theory]
    [MemberData(nameof(Strict))]
    [Spec("MQTT5-3.1.3-3")]
    [Spec("MQTT311-3.1.3-3")]
    public async Task ClientId_MissingOrCut_IsRefused(MqttVersion version)
    {
        await RefusedAsync(version, Connect(version, 0x02, new ByteBuilder()));
        await RefusedAsync(version, Connect(version, 0x02, new ByteBuilder().UInt16(5).Byte('a')));
    }

    [Theory]
    [MemberData(nameof(Strict))]
    [Spec("MQTT5-3.1.3-4")]
    [Spec("MQTT5-3.1.3-11")]
    [Spec("MQTT5-3.1.3-12")]
    [Spec("MQTT311-3.1.3-4")]
    [Spec("MQTT311-3.1.3-10")]
    [Spec("MQTT311-3.1.3-11")]
    public async Task Strings_NotUtf8_AreRefused(MqttVersion version)
    {
        foreach (var text in new byte[][] { [0xC3, 0x28], [0x61, 0x00], [0xED, 0xA0, 0x80] })
        {
            await RefusedAsync(version, Connect(version, 0x02, new ByteBuilder().Binary(text)));
            await RefusedAsync(version, Connect(version, 0x06, Id().Raw(BadInput.NoProperties(version)).Binary(text).Utf8("w")));
            await RefusedAsync(version, Connect(version, 0x82, Id().Binary(text)));
        }
    }

    [Theory]
    [MemberData(nameof(Strict))]
    [Spec("MQTT5-4.7.0-1")]
    [Spec("MQTT311-4.7.1-1")]
    public async Task WillTopic_WithAWildcard_IsRefused(MqttVersion version)
    {
        foreach (var topic in new[] { "a/#", "+", "a/+/b" })
        {
            var connect = Connect(version, 0x06, Id().Raw(BadInput.NoProperties(version)).Utf8(topic).Utf8("w"));
            await broker.ExpectConnectRefusedAsync(version, connect, BadInput.BadTopic);
        }
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
        await using var client = await RawClient.OpenAsync(broker.Endpoint, MqttVersion.V311);
        await client.SendAsync(new ByteBuilder().Utf8(protocol).Byte(level).Byte(2).UInt16(0).Utf8(Unique.ClientId()).ToPacket(0x10));
        if (await client.ReceiveUntilClosedAsync() is not { } answer)
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
        await using var client = await RawClient.OpenAsync(broker.Endpoint, MqttVersion.V311);
        await client.SendAsync(new ByteBuilder().Utf8(protocol).Byte(level).Byte(2).UInt16(0).Utf8(Unique.ClientId()).ToPacket(0x10));
        if (await client.ReceiveUntilClosedAsync() is not { } answer)
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
        await using var client = await RawClient.OpenAsync(broker.Endpoint, MqttVersion.V311);
        if (begun.Length > 0)
            await client.SendAsync(begun);
        await client.ExpectClosedAsync(BrokerFixture.ConnectTimeout + TimeSpan.FromSeconds(5));
        var took = TimeProvider.System.GetElapsedTime(start, client.Closed);
        Assert.InRange(took, BrokerFixture.ConnectTimeout, BrokerFixture.ConnectTimeout + TimeSpan.FromSeconds(5));
    }

    private Task RefusedAsync(MqttVersion version, byte[] connect) =>
        broker.ExpectConnectRefusedAsync(version, connect, Reason.MalformedPacket, Reason.ProtocolError);

    private static ByteBuilder Id() => new ByteBuilder().Utf8(Unique.ClientId());

    private static byte[] Plain(MqttVersion version) => Connect(version, 0x02, Id());

    private static byte[] Connect50(params byte[][] properties) => Connect(MqttVersion.V50, 0x02, Id(), properties);

    private static byte[] Connect(MqttVersion version, int flags, ByteBuilder payload, params byte[][] properties) =>
        BadConnect.Build(version, flags, payload, properties);
}
