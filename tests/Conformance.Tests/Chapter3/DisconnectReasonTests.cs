using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter3;

/// <summary>MQTT section 3.14 from the client's side: which DISCONNECT the broker takes.</summary>
public sealed class DisconnectReasonTests(BrokerFixture broker)
{
    /// <summary>What a client may say (MQTT5 section 3.14.2.1).</summary>
    private static readonly byte[] OfClients =
        [0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99];

    public static TheoryData<MqttVersion, byte[]> Faults => new()
    {
        { MqttVersion.V31, [0xE0, 0x01, 0x00] },
        { MqttVersion.V311, [0xE0, 0x01, 0x00] },
        { MqttVersion.V311, [0xE1, 0x00] },
        { MqttVersion.V311, [0xE8, 0x00] },
        { MqttVersion.V50, [0xE1, 0x00] },
        { MqttVersion.V50, [0xE8, 0x01, 0x00] },
        { MqttVersion.V50, [0xE0, 0x01, 0x55] },
        { MqttVersion.V50, [0xE0, 0x03, 0x00, 0x00, 0x00] },
        { MqttVersion.V50, [0xE0, 0x02, 0x00, 0x01] },
    };

    /// <summary>A DISCONNECT that breaks its format takes no will back.</summary>
    [Theory]
    [MemberData(nameof(Faults))]
    [Spec("MQTT5-3.14.1-1")]
    [Spec("MQTT311-3.14.1-1")]
    public async Task Disconnect_Illegal_ClosesAndPublishesTheWill(MqttVersion version, byte[] packet)
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectSubscribedAsync(version, topic, 0);
        await using var client = await broker.ConnectAsync(
            new ConnectRequest(version, Unique.ClientId()) { Will = new WillRequest(topic, "gone"u8.ToArray()) });
        await client.SendAsync(packet);
        await client.ExpectDisconnectAsync(BadInput.Either);
        await subscriber.ReceiveAllAsync("gone");
    }

    [Fact]
    [Spec("MQTT5-3.14.2-1")]
    public async Task ReasonCode_EachOfAll256_IsTakenIfItIsAClients()
    {
        for (var reason = 0; reason <= byte.MaxValue; reason++)
        {
            await using var client = await broker.ConnectAsync(MqttVersion.V50);
            await client.SendAsync(new byte[] { 0xE0, 0x01, (byte)reason });
            var answer = await client.ExpectClosedAsync();
            Assert.True(OfClients.Contains((byte)reason) == answer is null, $"0x{reason:X2} is answered by {answer}");
            if (answer is not null)
                Assert.Contains(answer.ReasonCode, BadInput.Either);
        }
    }

    [Fact]
    public async Task Properties_ThatAClientMaySend_AreTaken()
    {
        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        await client.DisconnectAsync(
            0x98, Property.Utf8(PropertyId.ReasonString, "done"), Property.UserProperty("a", "b"), Property.UserProperty("a", "b"));
    }
}
