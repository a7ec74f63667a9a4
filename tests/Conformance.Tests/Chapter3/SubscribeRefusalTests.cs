using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter3;

/// <summary>MQTT section 3.8: a SUBSCRIBE that breaks its format closes the connection.</summary>
public sealed class SubscribeRefusalTests(BrokerFixture broker)
{
    public static TheoryData<string, byte[]> SubscriptionIdentifiers => new()
    {
        { "zero", Property.SubscriptionIdentifier(0) },
        { "two", [.. Property.SubscriptionIdentifier(1), .. Property.SubscriptionIdentifier(2)] },
    };

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.8.3-2")]
    [Spec("MQTT311-3.8.3-3")]
    public Task Filters_None_Close(MqttVersion version) =>
        broker.ExpectRefusalAsync(version, Packet.Subscribe(version, 1, []), BadInput.Protocol);

    [Theory]
    [InlineData(0x40)]
    [InlineData(0x80)]
    [InlineData(0xC0)]
    [InlineData(0x41)]
    [Spec("MQTT5-3.8.3-5")]
    public Task Options_ReservedBitsIn50_Close(int options) => RefusedAsync(MqttVersion.V50, options, BadInput.Malformed);

    /// <summary>What are options in 5.0 are reserved bits in 3.1.1.</summary>
    [Theory]
    [InlineData(0x04)]
    [InlineData(0x08)]
    [InlineData(0x10)]
    [InlineData(0x20)]
    [InlineData(0x40)]
    [InlineData(0x80)]
    [InlineData(0xFC)]
    [Spec("MQTT311-3.8.3-4")]
    public async Task QoS_ReservedBitsIn311_Close(int bits)
    {
        for (var qos = 0; qos <= 2; qos++)
            await RefusedAsync(MqttVersion.V311, bits | qos);
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT311-3.8.3-4")]
    public Task QoS_Three_Closes(MqttVersion version) => RefusedAsync(version, 3, BadInput.Protocol);

    [Fact]
    public Task RetainHandling_Three_Closes() => RefusedAsync(MqttVersion.V50, 0x30, BadInput.Protocol);

    /// <summary>The faulty filter stands last: none of those before it may be granted.</summary>
    [Theory]
    [InlineData(MqttVersion.V311, 0x04)]
    [InlineData(MqttVersion.V311, 0x03)]
    [InlineData(MqttVersion.V50, 0x40)]
    [InlineData(MqttVersion.V50, 0x03)]
    [Spec("MQTT5-3.8.3-5")]
    [Spec("MQTT311-3.8.3-4")]
    public async Task Options_IllegalBehindGoodFilters_SubscribeNothing(MqttVersion version, int options)
    {
        var (request, topic) = (ConnectRequest.Persistent(version, Unique.ClientId()), Unique.Topic());
        await using (var client = await broker.ConnectAsync(request))
        {
            await client.SendAsync(Packet.Subscribe(version, 1, [(topic, 1), ($"{topic}/b", options)]));
            await client.ExpectDisconnectAsync(BadInput.Either);
        }

        await broker.PublishAsync(version, topic, 1, "nobody's");
        await using var again = await broker.ConnectAsync(request);
        await again.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(SubscriptionIdentifiers))]
    public async Task SubscriptionIdentifier_ZeroOrTwo_Closes(string name, byte[] properties)
    {
        Assert.NotEmpty(name);
        await broker.ExpectRefusalAsync(MqttVersion.V50, Packet.Subscribe(MqttVersion.V50, 1, [("a", 0)], properties), BadInput.Protocol);
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-4.13.1-1")]
    [Spec("MQTT311-4.8.0-1")]
    public async Task Subscribe_CutAnywhere_Closes(MqttVersion version)
    {
        var properties = BadInput.NoProperties(version);
        byte[][] cut =
        [
            [0x82, 0x00],
            [0x82, 0x01, 0x00],
            new ByteBuilder().UInt16(1).Raw(properties).Byte(0).ToPacket(0x82),
            new ByteBuilder().UInt16(1).Raw(properties).UInt16(9).Byte('a').ToPacket(0x82),
            new ByteBuilder().UInt16(1).Raw(properties).Utf8("a").ToPacket(0x82), // options
        ];
        foreach (var packet in cut)
            await broker.ExpectRefusalAsync(version, packet, BadInput.Malformed);
    }

    private Task RefusedAsync(MqttVersion version, int options, params byte[] reasons) =>
        broker.ExpectRefusalAsync(version, Packet.Subscribe(version, 1, [("a", options)]), reasons);
}
