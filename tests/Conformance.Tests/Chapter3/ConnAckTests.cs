using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter3;

/// <summary>MQTT section 3.2, CONNACK: its flags and codes, and what its properties bind the client to.</summary>
public sealed class ConnAckTests(BrokerFixture broker)
{
    private const byte RetainNotSupported = 0x9A;
    private const byte QoSNotSupported = 0x9B;

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.2.2-1")]
    public async Task AcknowledgeFlags_WhateverTheSession_HaveNoReservedBit(MqttVersion version)
    {
        var request = ConnectRequest.Persistent(version, Unique.ClientId());
        foreach (var present in new[] { 0, version == MqttVersion.V31 ? 0 : 1 })
        {
            await using var client = await RawClient.OpenAsync(broker.Endpoint, version);
            await client.SendAsync(request.ToBytes());
            var connAck = await client.ExpectAsync(PacketType.ConnAck);
            Assert.Equal((0x20, present, Reason.Success), (connAck.FirstByte, connAck.Body[0], connAck.Body[1]));
            await client.DisconnectAsync();
        }
    }

    /// <summary>Refused for the level in 3.1.1 and for the authentication method in 5.0: the client id has a session all the while.</summary>
    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V50)]
    [Spec("MQTT5-3.2.2-6")]
    [Spec("MQTT5-3.2.2-7")]
    [Spec("MQTT311-3.2.2-4")]
    [Spec("MQTT311-3.2.2-5")]
    public async Task Refusal_OfAClientWithASession_SaysNoneIsPresentAndCloses(MqttVersion version)
    {
        var request = ConnectRequest.Persistent(version, Unique.ClientId());
        await using (var first = await broker.ConnectAsync(request))
            await first.DisconnectAsync();

        await using (var client = await RawClient.OpenAsync(broker.Endpoint, version))
        {
            var refused = version == MqttVersion.V50
                ? (request with { Properties = [Property.Utf8(PropertyId.AuthenticationMethod, "no-such-method")] }).ToBytes()
                : new ByteBuilder().Utf8("MQTT").Byte(3).Byte(0).UInt16(0).Utf8(request.ClientId).ToPacket(0x10);
            await client.SendAsync(refused);
            var connAck = (await client.ExpectAsync(PacketType.ConnAck)).ToConnAck(version);
            Assert.NotEqual(Reason.Success, connAck.ReasonCode);
            Assert.False(connAck.SessionPresent);
            await client.ExpectClosedAsync();
        }

        var (again, accepted) = await RawClient.ConnectWithAckAsync(broker.Endpoint, request);
        await using (again)
            Assert.True(accepted.SessionPresent);
    }

    [Fact]
    [Spec("MQTT5-3.2.2-10")]
    [Spec("MQTT5-3.2.2-11")]
    [Spec("MQTT5-3.2.2-12")]
    public async Task MaximumQoS_OfTheServer_BoundsPublishAndWillButNoSubscribe()
    {
        for (var maximum = 0; maximum <= 1; maximum++)
        {
            await using var own = await OwnBroker.OwnBroker.StartAsync($"Broker:Limits:MaxQoS={maximum}");
            for (var qos = maximum + 1; qos <= 2; qos++)
            {
                await using var client = await own.ConnectAsync(MqttVersion.V50);
                Assert.Equal([(byte)maximum], (await client.SubscribeWithAckAsync([("t", qos)])).ReasonCodes);
                await client.PublishAsync("t", "allowed", maximum);
                Assert.Equal(maximum, (await client.ReceiveAsync()).QoS);
                await client.SendAsync(Packet.Publish(MqttVersion.V50, "t", [1], qos, packetIdentifier: 1));
                await client.ExpectDisconnectAsync(QoSNotSupported);
                await RefusedAsync(own, new WillRequest("t", [1]) { QoS = qos }, QoSNotSupported);
            }
        }
    }

    [Fact]
    [Spec("MQTT5-3.2.2-13")]
    [Spec("MQTT5-3.2.2-14")]
    public async Task RetainAvailable_No_RefusesRetainedPublishAndWill()
    {
        await using var own = await OwnBroker.OwnBroker.StartAsync("Broker:Limits:MaxRetainedMessages=0");
        var (client, connAck) = await RawClient.ConnectWithAckAsync(own.Endpoint, new ConnectRequest(MqttVersion.V50, Unique.ClientId()));
        await using (client)
        {
            Assert.Equal(0u, connAck.Properties.Integer(PropertyId.RetainAvailable));
            await client.SendAsync(Packet.Publish(MqttVersion.V50, "t", [1], retain: true));
            await client.ExpectDisconnectAsync(RetainNotSupported);
        }

        await RefusedAsync(own, new WillRequest("t", [1]) { Retain = true }, RetainNotSupported);
    }

    [Fact]
    [Spec("MQTT5-3.2.2-18")]
    public async Task TopicAliasMaximum_None_RefusesEveryAlias()
    {
        await using var own = await OwnBroker.OwnBroker.StartAsync("Broker:Limits:MaxTopicAliases=0");
        var (client, connAck) = await RawClient.ConnectWithAckAsync(own.Endpoint, new ConnectRequest(MqttVersion.V50, Unique.ClientId()));
        await using (client)
        {
            Assert.Equal(0u, connAck.Properties.Integer(PropertyId.TopicAliasMaximum) ?? 0);
            await client.SendAsync(Packet.Publish(MqttVersion.V50, "t", [1], properties: [Property.TopicAlias(1)]));
            await client.ExpectDisconnectAsync(Reason.TopicAliasInvalid);
        }
    }

    [Fact]
    [Spec("MQTT5-3.2.2-15")]
    public async Task MaximumPacketSize_OfTheServerExceeded_ClosesBeforeTheBodyComes()
    {
        var (client, connAck) = await RawClient.ConnectWithAckAsync(broker.Endpoint, new ConnectRequest(MqttVersion.V50, Unique.ClientId()));
        await using (client)
        {
            Assert.SkipWhen(!connAck.Properties.Has(PropertyId.MaximumPacketSize), "this broker has no maximum");
            var maximum = (int)connAck.Properties.Integer(PropertyId.MaximumPacketSize)!.Value;
            await client.SendAsync(new ByteBuilder().Byte(0x30).VariableByteInteger(maximum).Utf8("topic").ToArray());
            await client.ExpectDisconnectAsync(Reason.PacketTooLarge);
        }
    }

    /// <summary>Accepted and refused at every size from 1 on: a CONNACK is never larger, and below its least size none comes at all.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Spec("MQTT5-3.1.2-24")]
    [Spec("MQTT5-3.2.2-19")]
    [Spec("MQTT5-3.2.2-20")]
    public async Task MaximumPacketSize_OfTheClient_HoldsForConnAck(bool isRefused)
    {
        var smallest = int.MaxValue;
        for (var size = 1; size <= 30; size++)
        {
            List<byte[]> properties = [Property.MaximumPacketSize((uint)size)];
            if (isRefused)
                properties.Add(Property.Utf8(PropertyId.AuthenticationMethod, "no-such-method"));
            await using var client = await RawClient.OpenAsync(broker.Endpoint, MqttVersion.V50);
            await client.SendAsync(new ConnectRequest(MqttVersion.V50, Unique.ClientId()) { Properties = properties }.ToBytes());
            await Task.WhenAny(client.Ended, client.WaitForFrameAsync());
            if (client.TryNext() is not { } connAck)
            {
                await client.ExpectClosedAsync();
                Assert.Equal(int.MaxValue, smallest);
                continue;
            }

            smallest = Math.Min(smallest, size);
            Assert.InRange(2 + connAck.Body.Length, 5, size);
            Assert.Equal(isRefused, connAck.ToConnAck(MqttVersion.V50).ReasonCode != Reason.Success);
        }

        Assert.InRange(smallest, 5, 30);
    }

    private static async Task RefusedAsync(OwnBroker.OwnBroker own, WillRequest will, byte reason)
    {
        await using var client = await RawClient.OpenAsync(own.Endpoint, MqttVersion.V50);
        await client.SendAsync(new ConnectRequest(MqttVersion.V50, Unique.ClientId()) { Will = will }.ToBytes());
        var connAck = (await client.ExpectAsync(PacketType.ConnAck)).ToConnAck(MqttVersion.V50);
        Assert.Equal((reason, false), (connAck.ReasonCode, connAck.SessionPresent));
        await client.ExpectClosedAsync();
    }
}
