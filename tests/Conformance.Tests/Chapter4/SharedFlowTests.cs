using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter4;

/// <summary>Shared subscriptions when members go, refuse, or overlap with others.</summary>
public sealed class SharedFlowTests(BrokerFixture broker)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task QoS1_NotAcknowledgedWhenItsMembersSessionEnds_GoesToAnother(MqttVersion version)
    {
        var topic = Unique.Topic();
        var first = await broker.ConnectSubscribedAsync(version, $"$share/g/{topic}", 1);
        await broker.PublishAsync(version, topic, 1, "a", "b", "c");
        for (var i = 0; i < 3; i++)
        {
            var message = await first.ExpectPublishAsync();
            if (i == 1)
                await first.CompleteAsync(message);
        }

        await first.PingAsync();
        await using var second = await broker.ConnectSubscribedAsync(version, $"$share/g/{topic}", 1);
        await first.DisposeAsync();
        foreach (var text in new[] { "a", "c" })
        {
            var message = await second.ReceiveAsync();
            // To this client it is the first delivery.
            Assert.Equal((text, false), (message.Text, message.Dup));
        }

        await second.ExpectNothingAsync();
    }

    [Fact]
    public async Task QoS1_OfAMemberWhoseSessionExpires_GoesToAnother()
    {
        var topic = Unique.Topic();
        var request = ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId(), expirySeconds: 1);
        var first = await broker.ConnectSubscribedAsync(request, $"$share/g/{topic}", 1);
        await broker.PublishAsync(MqttVersion.V50, topic, 1, "a");
        await first.ExpectPublishAsync();
        await using var second = await broker.ConnectSubscribedAsync(MqttVersion.V50, $"$share/g/{topic}", 1);
        await first.DisposeAsync();
        await second.ReceiveAllAsync("a");
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-4.8.2-4")]
    public async Task QoS2_SentToAMember_StaysWithItOverItsReconnect(MqttVersion version)
    {
        var (request, topic) = (ConnectRequest.Persistent(version, Unique.ClientId()), Unique.Topic());
        PublishFrame sent;
        var first = await broker.ConnectSubscribedAsync(request, $"$share/g/{topic}", 2);
        await broker.PublishAsync(version, topic, 2, "a");
        sent = await first.ExpectPublishAsync();
        await using var second = await broker.ConnectSubscribedAsync(version, $"$share/g/{topic}", 2);
        await first.DisposeAsync();
        await second.ExpectNothingAsync(Quiet);
        await using var back = await broker.ConnectAsync(request);
        var again = await back.ReceiveAsync();
        Assert.Equal(("a", sent.PacketIdentifier, true), (again.Text, again.PacketIdentifier, again.Dup));
        await second.ExpectNothingAsync(Quiet);
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-4.8.2-5")]
    public async Task QoS2_SentToAMemberWhoseSessionEnds_GoesToNobodyElse(MqttVersion version)
    {
        var (request, topic) = (ConnectRequest.Persistent(version, Unique.ClientId()), Unique.Topic());
        var first = await broker.ConnectSubscribedAsync(request, $"$share/g/{topic}", 2);
        await broker.PublishAsync(version, topic, 2, "a");
        await first.ExpectPublishAsync();
        await using var second = await broker.ConnectSubscribedAsync(version, $"$share/g/{topic}", 2);
        await first.DisposeAsync();
        await using var clean = await broker.ConnectAsync(request with { CleanStart = true });
        await second.ExpectNothingAsync(Quiet);
        await clean.ExpectNothingAsync();
    }

    [Theory]
    [InlineData(1, PacketType.PubAck)]
    [InlineData(2, PacketType.PubRec)]
    [Spec("MQTT5-4.8.2-6")]
    public async Task Message_RefusedByItsMember_GoesToNobodyElse(int qos, PacketType answer)
    {
        var topic = Unique.Topic();
        await using var first = await broker.ConnectSubscribedAsync(MqttVersion.V50, $"$share/g/{topic}", qos);
        await broker.PublishAsync(MqttVersion.V50, topic, qos, "a");
        var message = await first.ExpectPublishAsync();
        await using var second = await broker.ConnectSubscribedAsync(MqttVersion.V50, $"$share/g/{topic}", qos);
        await first.SendAsync(Packet.Acknowledge(answer, message.PacketIdentifier, Reason.PayloadFormatInvalid));
        await first.ExpectNothingAsync();
        await second.ExpectNothingAsync(Quiet);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Message_WaitingBehindReceiveMaximumOfAMemberThatLeaves_GoesToAnother(int qos)
    {
        var topic = Unique.Topic();
        var first = await broker.ConnectSubscribedAsync(
            new ConnectRequest(MqttVersion.V50, Unique.ClientId())
            {
                CleanStart = false,
                Properties = [Property.SessionExpiryInterval(300), Property.ReceiveMaximum(1)],
            },
            $"$share/g/{topic}",
            qos);
        await broker.PublishAsync(MqttVersion.V50, topic, qos, "a", "b", "c");
        Assert.Equal("a", (await first.ExpectPublishAsync()).Text);
        await using var second = await broker.ConnectSubscribedAsync(MqttVersion.V50, $"$share/g/{topic}", qos);
        await first.DisposeAsync();
        await second.ReceiveAllAsync("b", "c");
        await second.ExpectNothingAsync(Quiet);
    }

    [Theory]
    [MemberData(nameof(Matrix.VersionsAndQoS), MemberType = typeof(Matrix))]
    public async Task OneClient_InTwoGroupsAndPlain_GetsACopyOfEach(MqttVersion version, int qos)
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectSubscribedAsync(version, topic, qos);
        await client.SubscribeAsync($"$share/g/{topic}", qos);
        await client.SubscribeAsync($"$share/h/{topic}", qos);
        await client.SubscribeAsync($"$share/h/{topic}/#", qos);
        await using var other = await broker.ConnectSubscribedAsync(version, $"$share/i/{topic}", qos);
        await broker.PublishAsync(version, topic, qos, "x");
        await client.ReceiveAllAsync("x", "x", "x", "x");
        await client.ExpectNothingAsync();
        await other.ReceiveAllAsync("x");
        await other.ExpectNothingAsync();
    }

    [Fact]
    [Spec("MQTT5-4.8.2-3")]
    [Spec("MQTT5-3.3.4-3")]
    public async Task Members_WithOptionsOfTheirOwn_GetTheirQoSAndIdentifier()
    {
        var topic = Unique.Topic();
        var members = new List<RawClient>();
        for (var qos = 0; qos <= 2; qos++)
        {
            var member = await broker.ConnectAsync(MqttVersion.V50);
            await member.SubscribeAsync($"$share/g/{topic}", qos, Property.SubscriptionIdentifier(qos + 1));
            members.Add(member);
        }

        // Enough that each is chosen, however the broker chooses.
        await broker.PublishAsync(MqttVersion.V50, topic, 2, [.. Enumerable.Range(0, 60).Select(static i => $"{i}")]);
        for (var qos = 0; qos <= 2; qos++)
        {
            var message = await members[qos].ReceiveAsync();
            Assert.Equal(qos, message.QoS);
            Assert.Equal([qos + 1], message.Properties.SubscriptionIdentifiers);
        }

        foreach (var member in members)
            await member.DisposeAsync();
    }

    [Fact]
    public async Task LastMember_Unsubscribed_NobodyIsLeft()
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectSubscribedAsync(MqttVersion.V50, $"$share/g/{topic}", 1);
        var answer = await client.UnsubscribeAsync($"$share/g/{topic}");
        Assert.Equal([Reason.Success], answer.ReasonCodes);
        await client.SendAsync(Packet.Publish(MqttVersion.V50, topic, [1], qos: 1, packetIdentifier: 50));
        Assert.Equal(Reason.NoMatchingSubscribers, (await client.ExpectAckAsync(PacketType.PubAck, 50)).ReasonCode);
        await client.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(Matrix.VersionsAndAcknowledgedQoS), MemberType = typeof(Matrix))]
    public async Task Unsubscribed_WhileInFlight_DeliveryFinishesWithThisMember(MqttVersion version, int qos)
    {
        var topic = Unique.Topic();
        await using var first = await broker.ConnectSubscribedAsync(version, $"$share/g/{topic}", qos);
        await broker.PublishAsync(version, topic, qos, "a");
        var message = await first.ExpectPublishAsync();
        await using var second = await broker.ConnectSubscribedAsync(version, $"$share/g/{topic}", qos);
        await first.UnsubscribeAsync($"$share/g/{topic}");
        await first.CompleteAsync(message);
        await broker.PublishAsync(version, topic, qos, "b");
        await second.ReceiveAllAsync("b");
        await first.ExpectNothingAsync();
        await second.ExpectNothingAsync(Quiet);
    }
}
