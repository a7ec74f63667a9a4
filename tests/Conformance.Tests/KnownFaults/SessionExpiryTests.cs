using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.KnownFaults;

/// <summary>Session Expiry Interval: counted from the disconnect, changed by DISCONNECT, and what Session Present says of it.</summary>
public sealed class SessionExpiryTests(BrokerFixture broker)
{
    private static readonly TimeSpan PastOneSecond = TimeSpan.FromSeconds(2.2);

    [Theory]
    [InlineData(0u, false, false)]
    [InlineData(0u, true, false)]
    [InlineData(300u, false, true)]
    [InlineData(300u, true, false)]
    [InlineData(uint.MaxValue, false, true)]
    [InlineData(uint.MaxValue, true, false)]
    [Spec("MQTT5-3.1.2-4")]
    [Spec("MQTT5-3.1.2-5")]
    [Spec("MQTT5-3.1.2-6")]
    [Spec("MQTT5-3.2.2-2")]
    [Spec("MQTT5-3.2.2-3")]
    public async Task SessionPresent_ByExpiryAndCleanStart_IsWhatTheStandardSays(uint expiry, bool cleanStart, bool present)
    {
        var request = ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId(), expiry);
        Assert.False(await ConnectAndLeaveAsync(request));
        Assert.Equal(present, await ConnectAndLeaveAsync(request with { CleanStart = cleanStart }));
    }

    [Fact]
    public async Task SessionExpiryInterval_Absent_EndsWithTheConnection()
    {
        var request = new ConnectRequest(MqttVersion.V50, Unique.ClientId()) { CleanStart = false };
        Assert.False(await ConnectAndLeaveAsync(request));
        Assert.False(await ConnectAndLeaveAsync(request));
    }

    [Theory]
    [InlineData(true, true, false)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, true)]
    [Spec("MQTT311-3.1.2-4")]
    [Spec("MQTT311-3.1.2-5")]
    [Spec("MQTT311-3.1.2-6")]
    [Spec("MQTT311-3.2.2-1")]
    [Spec("MQTT311-3.2.2-2")]
    [Spec("MQTT311-3.2.2-3")]
    public async Task SessionPresent_In311_ByCleanSessionOfBoth(bool first, bool second, bool present)
    {
        var request = new ConnectRequest(MqttVersion.V311, Unique.ClientId());
        Assert.False(await ConnectAndLeaveAsync(request with { CleanStart = first }));
        Assert.Equal(present, await ConnectAndLeaveAsync(request with { CleanStart = second }));
    }

    [Fact]
    [Spec("MQTT5-3.1.2-23")]
    public async Task SessionExpiryInterval_LongerConnection_CountsFromTheDisconnect()
    {
        var request = ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId(), expirySeconds: 2);
        await using (var client = await broker.ConnectAsync(request))
        {
            await Task.Delay(TimeSpan.FromSeconds(2.5), TimeProvider.System, TestContext.Current.CancellationToken);
            await client.DisconnectAsync();
        }

        Assert.True(await ConnectAndLeaveAsync(request));
        await Task.Delay(TimeSpan.FromSeconds(3.2), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.False(await ConnectAndLeaveAsync(request));
    }

    [Fact]
    [Spec("MQTT5-4.1.0-2")]
    public async Task SessionExpiryInterval_Passed_QueueAndSubscriptionsAreGone()
    {
        var (request, topic) = (ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId(), expirySeconds: 1), Unique.Topic());
        await broker.SubscribeAndLeaveAsync(request, topic, 1);
        await broker.PublishAsync(MqttVersion.V50, topic, 1, "queued");
        await Task.Delay(PastOneSecond, TimeProvider.System, TestContext.Current.CancellationToken);
        await using var client = await broker.ConnectAsync(request);
        await broker.PublishAsync(MqttVersion.V50, topic, 1, "not subscribed");
        await client.ExpectNothingAsync();
    }

    [Fact]
    public async Task SessionExpiryInterval_LoweredByTheNextConnect_IsThatOne()
    {
        var request = ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId());
        Assert.False(await ConnectAndLeaveAsync(request));
        Assert.True(await ConnectAndLeaveAsync(request with { Properties = [] }));
        Assert.False(await ConnectAndLeaveAsync(request));
    }

    [Fact]
    public async Task SessionExpiryInterval_RaisedByDisconnect_Holds()
    {
        var request = ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId(), expirySeconds: 1);
        await using (var client = await broker.ConnectAsync(request))
            await client.DisconnectAsync(Reason.Success, Property.SessionExpiryInterval(300));
        await Task.Delay(PastOneSecond, TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.True(await ConnectAndLeaveAsync(request));
    }

    [Fact]
    public async Task SessionExpiryInterval_LoweredByDisconnect_Holds()
    {
        var request = ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId());
        await using (var client = await broker.ConnectAsync(request))
            await client.DisconnectAsync(Reason.Success, Property.SessionExpiryInterval(1));
        await Task.Delay(PastOneSecond, TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.False(await ConnectAndLeaveAsync(request));
    }

    [Fact]
    public async Task SessionExpiryInterval_SetToZeroByDisconnect_EndsAtOnce()
    {
        var (request, topic) = (ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId()), Unique.Topic());
        await using (var client = await broker.ConnectSubscribedAsync(request, topic, 1))
            await client.DisconnectAsync(Reason.Success, Property.SessionExpiryInterval(0));
        await using var publisher = await broker.ConnectAsync(MqttVersion.V50);
        await publisher.SendAsync(Packet.Publish(MqttVersion.V50, topic, [1], qos: 1, packetIdentifier: 1));
        Assert.Equal(Reason.NoMatchingSubscribers, (await publisher.ExpectAckAsync(PacketType.PubAck, 1)).ReasonCode);
        Assert.False(await ConnectAndLeaveAsync(request));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SessionExpiryInterval_RaisedFromZeroByDisconnect_IsAProtocolErrorAndTheWillGoes(bool saysZero)
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectSubscribedAsync(MqttVersion.V50, topic, 1);
        await using var client = await broker.ConnectAsync(new ConnectRequest(MqttVersion.V50, Unique.ClientId())
        {
            Properties = saysZero ? [Property.SessionExpiryInterval(0)] : [],
            Will = new WillRequest(topic, "gone"u8.ToArray()),
        });
        await client.SendAsync(Packet.Disconnect(MqttVersion.V50, Reason.Success, Property.SessionExpiryInterval(1)));
        await client.ExpectDisconnectAsync(Reason.ProtocolError);
        await subscriber.ReceiveAllAsync("gone");
    }

    [Fact]
    public async Task SessionExpiryInterval_ZeroInDisconnectOfASessionWithZero_IsNoError()
    {
        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        await client.DisconnectAsync(Reason.Success, Property.SessionExpiryInterval(0));
    }

    private async Task<bool> ConnectAndLeaveAsync(ConnectRequest request)
    {
        var (client, connAck) = await RawClient.ConnectWithAckAsync(broker.Endpoint, request);
        await using (client)
            await client.DisconnectAsync();
        return connAck.SessionPresent;
    }
}
