using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter3;

/// <summary>MQTT5 section 3.14 from the broker's side: when it says DISCONNECT, and what comes after.</summary>
public sealed class DisconnectOfServerTests(BrokerFixture broker)
{
    /// <summary>What ends before there was a CONNACK that accepts.</summary>
    public static TheoryData<string, byte[]> BeforeConnAck
    {
        get
        {
            var connect = new ConnectRequest(MqttVersion.V50, Unique.ClientId()).ToBytes();
            byte[] refused = new ConnectRequest(MqttVersion.V50, new string('x', 65_535)).ToBytes();
            return new()
            {
                { "nothing until the connect timeout", [] },
                { "half a CONNECT until the connect timeout", connect[..8] },
                { "PINGREQ", Packet.PingReq },
                { "packet type 0", [0x00, 0x00] },
                { "remaining length of five bytes", [0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0x01] },
                { "reserved flag of CONNECT", [.. connect[..9], (byte)(connect[9] | 0x01), .. connect[10..]] },
                { "fixed header flags", BadInput.WithFirst(0x11, connect) },
                { "property of another packet", new ConnectRequest(MqttVersion.V50, "a") { Properties = [Property.TopicAlias(1)] }.ToBytes() },
                { "refused", refused },
                { "refused, and more", [.. refused, .. Packet.PingReq, 0x00, 0x00] },
                { "CONNACK does not fit", new ConnectRequest(MqttVersion.V50, "a") { Properties = [Property.MaximumPacketSize(1)] }.ToBytes() },
            };
        }
    }

    [Theory]
    [MemberData(nameof(BeforeConnAck))]
    [Spec("MQTT5-3.14.0-1")]
    [Spec("MQTT5-4.13.2-1")]
    public async Task Disconnect_BeforeConnAckAccepts_IsNotSent(string name, byte[] bytes)
    {
        Assert.NotEmpty(name);
        await using var client = await RawClient.OpenAsync(broker.Endpoint, MqttVersion.V50);
        await client.SendAsync(bytes);
        var frames = await client.ReceiveToTheEndAsync();
        if (frames.Count == 0)
            return;
        Assert.InRange(Assert.Single(frames).ToConnAck(MqttVersion.V50).ReasonCode, 0x80, 0xFF);
    }

    /// <summary>CONNECT and a fault in one write: CONNACK goes first, if it goes, and then DISCONNECT; or CONNACK refuses.</summary>
    [Fact]
    [Spec("MQTT5-3.14.0-1")]
    [Spec("MQTT5-4.13.2-1")]
    public async Task Disconnect_ForAFaultRightBehindConnect_ComesOnlyAfterConnAck()
    {
        for (var i = 0; i < 50; i++)
        {
            await using var client = await RawClient.OpenAsync(broker.Endpoint, MqttVersion.V50);
            await client.SendAsync((byte[])[.. new ConnectRequest(MqttVersion.V50, Unique.ClientId()).ToBytes(), 0x00, 0x00]);
            var frames = await client.ReceiveToTheEndAsync();
            var reason = frames[0].ToConnAck(MqttVersion.V50).ReasonCode;
            if (reason == Reason.Success)
                Assert.Equal(Reason.MalformedPacket, Assert.Single(frames[1..]).ToDisconnect().ReasonCode);
            else
                Assert.Single(frames);
        }
    }

    /// <summary>The session's expiry was asked for in CONNECT; the broker never answers it in DISCONNECT.</summary>
    [Fact]
    [Spec("MQTT5-3.14.2-2")]
    public async Task SessionExpiryInterval_InDisconnectOfTheBroker_NeverStands()
    {
        var request = ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId());
        await using var illegal = await broker.ConnectAsync(request);
        await illegal.SendAsync(new byte[] { 0x00, 0x00 });
        await ExpectAsync(illegal, Reason.MalformedPacket);
        // What asks for a longer session is refused, and not by naming another.
        await using var prolonging = await broker.ConnectAsync(new ConnectRequest(MqttVersion.V50, Unique.ClientId()));
        await prolonging.SendAsync(Packet.Disconnect(MqttVersion.V50, Reason.Success, Property.SessionExpiryInterval(10)));
        await ExpectAsync(prolonging, Reason.ProtocolError);
        await using var older = await broker.ConnectAsync(request);
        await using var silent = await broker.ConnectAsync(request with { KeepAlive = 1 });
        await ExpectAsync(older, Reason.SessionTakenOver);
        await ExpectAsync(silent, Reason.KeepAliveTimeout);

        static async Task ExpectAsync(RawClient client, byte reason)
        {
            var disconnect = await client.ExpectClosedAsync();
            Assert.Equal(reason, disconnect!.ReasonCode);
            Assert.False(disconnect.Properties.Has(PropertyId.SessionExpiryInterval));
        }
    }

    /// <summary>Requests behind the fault, each of which would have an answer, and a stream of messages on its way to the client.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Spec("MQTT5-3.14.4-1")]
    [Spec("MQTT5-3.14.4-2")]
    [Spec("MQTT5-4.13.2-1")]
    public async Task Disconnect_OfTheBroker_IsTheLastPacketAndCloses(bool takenOver)
    {
        var topic = Unique.Topic();
        var request = ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId());
        await using var client = await broker.ConnectSubscribedAsync(request, topic, 1);
        await using var publisher = await broker.ConnectAsync(MqttVersion.V50);
        await publisher.SendAsync(Flood(topic));
        await client.ExpectAsync(PacketType.Publish);
        await using var newer = takenOver ? await broker.ConnectAsync(request) : null;
        if (!takenOver)
        {
            byte[] all =
            [
                0x00,
                0x00,
                .. Packet.PingReq,
                .. Packet.Publish(MqttVersion.V50, topic, [1], qos: 1, packetIdentifier: 1),
                .. Packet.Subscribe(MqttVersion.V50, 2, [(topic, 1)]),
            ];
            await client.SendAsync(all);
        }

        var frames = await client.ReceiveToTheEndAsync();
        Assert.Equal(takenOver ? Reason.SessionTakenOver : Reason.MalformedPacket, frames[^1].ToDisconnect().ReasonCode);
        Assert.All(frames[..^1], frame => Assert.Equal(PacketType.Publish, frame.Type));
    }

    private static byte[] Flood(string topic) =>
        [.. Enumerable.Range(0, 500).SelectMany(_ => Packet.Publish(MqttVersion.V50, topic, new byte[100]))];
}
