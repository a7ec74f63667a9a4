using System.Text;
using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter1;

/// <summary>MQTT section 1.5: strings and integers on the wire.</summary>
public sealed class DataRepresentationTests(BrokerFixture broker)
{
    /// <summary>Not UTF-8, a surrogate, overlong, above U+10FFFF, cut.</summary>
    private static readonly byte[][] IllFormed =
        [[0xC3, 0x28], [0x61, 0xED, 0xA0, 0x80], [0xC0, 0xAF], [0xF4, 0x90, 0x80, 0x80], [0x61, 0xE2, 0x82]];

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-1.5.4-1")]
    [Spec("MQTT311-1.5.3-1")]
    [Spec("MQTT5-3.8.3-1")]
    [Spec("MQTT5-3.10.3-1")]
    [Spec("MQTT311-3.8.3-1")]
    [Spec("MQTT311-3.10.3-1")]
    public async Task String_IllFormed_Closes(MqttVersion version)
    {
        foreach (var text in IllFormed)
        {
            foreach (var packet in PacketsWith(version, text))
                await broker.ExpectRefusalAsync(version, packet, BadInput.BadTopic);
        }
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-1.5.4-2")]
    [Spec("MQTT311-1.5.3-2")]
    [Spec("MQTT5-4.7.3-2")]
    [Spec("MQTT311-4.7.3-2")]
    public async Task String_WithNullCharacter_Closes(MqttVersion version)
    {
        foreach (var text in new byte[][] { [0], [0x61, 0], [0, 0x61] })
        {
            foreach (var packet in PacketsWith(version, text))
                await broker.ExpectRefusalAsync(version, packet, BadInput.BadTopic);
        }
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-1.5.4-3")]
    [Spec("MQTT311-1.5.3-3")]
    public async Task String_WithByteOrderMarks_KeepsThem(MqttVersion version)
    {
        var topic = Unique.Topic();
        var marked = $"\uFEFF{topic}/\uFEFFa\uFEFF";
        await using var client = await broker.ConnectAsync(version);
        await client.SubscribeAsync(marked, 1);
        await client.PublishAsync($"{topic}/a", "without", qos: 1);
        await client.PublishAsync($"\uFEFF{topic}/a", "with one", qos: 1);
        await client.PublishAsync(marked, "with all", qos: 1);
        var message = await client.ReceiveAsync();
        Assert.Equal("with all", message.Text);
        Assert.Equal(Encoding.UTF8.GetBytes(marked), Encoding.UTF8.GetBytes(message.Topic));
        await client.ExpectNothingAsync();
    }

    [Fact]
    [Spec("MQTT5-1.5.5-1")]
    public async Task VariableByteInteger_LongerThanItsValueNeeds_Closes()
    {
        byte[][] padded =
        [
            [0xC0, 0x80, 0x00], // PINGREQ
            [0x30, 0x84, 0x00, 0x00, 0x01, 0x61, 0x00], // PUBLISH, remaining length
            [0x30, 0x05, 0x00, 0x01, 0x61, 0x80, 0x00], // PUBLISH, length of the properties
            [0x82, 0x89, 0x80, 0x00, 0x00, 0x01, 0x02, 0x0B, 0x01, 0x00, 0x01, 0x61, 0x00], // SUBSCRIBE, remaining length
            [0x82, 0x0A, 0x00, 0x01, 0x03, 0x0B, 0x81, 0x00, 0x00, 0x01, 0x61, 0x00], // SUBSCRIBE, subscription identifier
        ];
        foreach (var packet in padded)
            await broker.ExpectRefusalAsync(MqttVersion.V50, packet, BadInput.Malformed);
    }

    /// <summary>What the broker sends is read by a reader that takes no integer with a byte too many.</summary>
    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-1.5.5-1")]
    public async Task RemainingLength_AroundEachStep_HasTheLeastBytes(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(version);
        await client.SubscribeAsync(topic, 0);
        var overhead = 2 + topic.Length + BadInput.NoProperties(version).Length;
        foreach (var remaining in new[] { 127, 128, 16_383, 16_384 })
        {
            await client.PublishAsync(topic, new byte[remaining - overhead], qos: 0, retain: false);
            Assert.Equal(remaining, (await client.ExpectAsync(PacketType.Publish)).Body.Length);
        }
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-4.13.1-1")]
    [Spec("MQTT311-4.8.0-1")]
    public Task RemainingLength_OfFiveBytes_Closes(MqttVersion version) =>
        broker.ExpectRefusalAsync(version, [0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], BadInput.Malformed);

    [Fact]
    [Spec("MQTT5-1.5.7-1")]
    public async Task StringPair_WithAnIllegalHalf_Closes()
    {
        foreach (var text in IllFormed.Append([0]))
        {
            await broker.ExpectRefusalAsync(MqttVersion.V50, PublishWithPair(text, "v"u8), BadInput.Malformed);
            await broker.ExpectRefusalAsync(MqttVersion.V50, PublishWithPair("n"u8, text), BadInput.Malformed);
        }

        await broker.ExpectRefusalAsync(
            MqttVersion.V50, Packet.Publish(MqttVersion.V50, "a", [1], properties: [[0x26, 0x00, 0x01, 0x61]]), BadInput.Malformed);
    }

    private static byte[] PublishWithPair(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => Packet.Publish(
        MqttVersion.V50, "a", [1], properties: [new ByteBuilder().Byte((int)PropertyId.UserProperty).Binary(name).Binary(value).ToArray()]);

    /// <summary>The text as topic name, as filter and, in 5.0, as a property.</summary>
    private static IEnumerable<byte[]> PacketsWith(MqttVersion version, byte[] text)
    {
        var properties = BadInput.NoProperties(version);
        yield return new ByteBuilder().Binary(text).Raw(properties).Byte(1).ToPacket(0x30);
        yield return new ByteBuilder().UInt16(1).Raw(properties).Binary(text).Byte(0).ToPacket(0x82);
        yield return new ByteBuilder().UInt16(1).Raw(properties).Binary(text).ToPacket(0xA2);
        if (version == MqttVersion.V50)
            yield return Packet.Publish(version, "a", [1], properties: [Property.Binary(PropertyId.ContentType, text)]);
    }
}
