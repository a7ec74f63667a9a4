using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests;

/// <summary>A CONNECT that a broker must not accept: it closes, and if it says something before, it says the right thing.</summary>
internal static class BadConnect
{
    /// <summary>Reason codes that CONNACK may have (MQTT5 section 3.2.2.2); Success is not among them here.</summary>
    private static readonly byte[] Refusals =
    [
        0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x8C, 0x90, 0x95, 0x97, 0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9F,
    ];

    /// <summary>3.1.1 has no return code for what breaks the format: nothing is sent. 5.0 may get a CONNACK, of these reasons.</summary>
    public static async Task ExpectConnectRefusedAsync(this BrokerFixture broker, MqttVersion version, byte[] connect, params byte[] reasons)
    {
        await using var client = await RawClient.OpenAsync(broker.Endpoint, version);
        await client.SendAsync(connect);
        if (await client.ReceiveUntilClosedAsync() is not { } answer)
            return;
        Assert.Equal(MqttVersion.V50, version);
        Assert.Equal(PacketType.ConnAck, answer.Type);
        var ack = answer.ToConnAck(version);
        Assert.Contains(ack.ReasonCode, Refusals);
        Assert.Contains(ack.ReasonCode, reasons);
        Assert.False(ack.SessionPresent);
        Assert.Null(await client.ExpectClosedAsync()); // [MQTT5-3.14.0-1]
    }

    /// <summary>The one frame that comes, or null when the broker just closes.</summary>
    public static async Task<Frame?> ReceiveUntilClosedAsync(this RawClient client)
    {
        await Task.WhenAny(client.Ended, Task.Delay(RawClient.DefaultTimeout, TimeProvider.System));
        Assert.True(client.Ended.IsCompleted, "the connection is still open");
        return client.TryNext();
    }

    /// <summary>CONNECT with these flags and this payload, which need not fit each other.</summary>
    public static byte[] Build(MqttVersion version, int flags, ByteBuilder payload, params byte[][] properties)
    {
        var body = new ByteBuilder().Utf8("MQTT").Byte((int)version).Byte(flags).UInt16(0);
        if (version == MqttVersion.V50)
            body.Properties(properties);
        return body.Raw(payload.ToArray()).ToPacket(0x10);
    }

    /// <summary>Client id, will properties where 5.0 has them, will topic, will payload.</summary>
    public static ByteBuilder WithWill(MqttVersion version) =>
        new ByteBuilder().Utf8(Unique.ClientId()).Raw(BadInput.NoProperties(version)).Utf8("w").Utf8("w");
}
