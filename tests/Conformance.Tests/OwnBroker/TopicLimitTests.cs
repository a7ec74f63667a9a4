using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.OwnBroker;

/// <summary>How long and deep topics may be, and how many filters one packet may have.</summary>
public sealed class TopicLimitTests
{
    private const byte Failure3 = 0x80;
    private const byte QuotaExceeded = 0x97;

    public static TheoryData<string, string, string> TooMuch => new()
    {
        { "Broker:Limits:MaxTopicBytes=10", "abcdefghij", "abcdefghijk" },
        { "Broker:Limits:MaxTopicBytes=10", "\u00e4\u00e4\u00e4\u00e4\u00e4", "\u00e4\u00e4\u00e4\u00e4\u00e4a" },
        { "Broker:Limits:MaxTopicLevels=3", "a/b/c", "a/b/c/d" },
    };

    [Theory]
    [MemberData(nameof(TooMuch))]
    public async Task Topic_BeyondTheLimit_IsRefusedWithItsReason(string setting, string fitting, string beyond)
    {
        await using var broker = await OwnBroker.StartAsync(setting);
        foreach (var version in Enum.GetValues<MqttVersion>())
        {
            await using var client = await broker.ConnectAsync(version);
            var refused = version == MqttVersion.V50 ? Reason.TopicFilterInvalid : Failure3;
            Assert.Equal([1, refused], (await client.SubscribeWithAckAsync([(fitting, 1), (beyond, 1)])).ReasonCodes);
            await client.PublishAsync(fitting, "x", qos: 1);
            Assert.Equal(fitting, (await client.ReceiveAsync()).Topic);
            await client.SendAsync(Packet.Publish(version, beyond, [1], qos: 1, packetIdentifier: 9));
            await client.ExpectDisconnectAsync(Reason.TopicNameInvalid);

            Assert.Equal(Reason.Success, await ConnectWithWillAsync(broker, version, fitting));
            Assert.Equal(version == MqttVersion.V50 ? Reason.TopicNameInvalid : 3, await ConnectWithWillAsync(broker, version, beyond));
        }
    }

    [Fact]
    public async Task MaxTopicBytes_SharedFilter_CountsItsShareName()
    {
        await using var broker = await OwnBroker.StartAsync("Broker:Limits:MaxTopicBytes=10");
        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        Assert.Equal(
            [1, Reason.TopicFilterInvalid], (await client.SubscribeWithAckAsync([("$share/g/a", 1), ("$share/g/ab", 1)])).ReasonCodes);
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task MaxFiltersPerSubscribe_Exceeded_Closes(MqttVersion version)
    {
        await using var broker = await OwnBroker.StartAsync("Broker:Limits:MaxFiltersPerSubscribe=3");
        (string, int)[] three = [("a", 1), ("b", 1), ("c", 1)];
        await using (var client = await broker.ConnectAsync(version))
        {
            Assert.Equal([1, 1, 1], (await client.SubscribeWithAckAsync(three)).ReasonCodes);
            Assert.Equal(version == MqttVersion.V50 ? 3 : 0, (await client.UnsubscribeAsync("a", "b", "c")).ReasonCodes.Length);
            await client.SendAsync(Packet.Subscribe(version, 9, [.. three, ("d", 1)]));
            await client.ExpectDisconnectAsync(QuotaExceeded);
        }

        await using (var client = await broker.ConnectAsync(version))
        {
            await client.SendAsync(Packet.Unsubscribe(version, 9, "a", "b", "c", "d"));
            await client.ExpectDisconnectAsync(QuotaExceeded);
        }
    }

    [Fact]
    public async Task MaxFiltersPerSubscribe_PacketFullOfFilters_CostsNoMemory()
    {
        const int Count = 500_000;
        await using var broker = await OwnBroker.StartAsync();
        var packet = Packet.Subscribe(MqttVersion.V311, 1, Enumerable.Repeat(("a", 0), Count));
        await using var bystander = await broker.ConnectAsync(MqttVersion.V311);
        for (var i = 0; i < 20; i++)
        {
            await using var client = await broker.ConnectAsync(MqttVersion.V311);
            await client.SendAsync(packet);
            await client.ExpectDisconnectAsync();
        }

        await bystander.PingAsync();
        // Each of the packets would have made 100 MB of objects.
        Assert.InRange(broker.ResidentBytes(), 0, 512L * 1024 * 1024);
    }

    private static async Task<byte> ConnectWithWillAsync(OwnBroker broker, MqttVersion version, string topic)
    {
        await using var client = await RawClient.OpenAsync(broker.Endpoint, version);
        await client.SendAsync(new ConnectRequest(version, Unique.ClientId()) { Will = new WillRequest(topic, [1]) }.ToBytes());
        var reason = (await client.ExpectAsync(PacketType.ConnAck)).ToConnAck(version).ReasonCode;
        if (reason == Reason.Success)
            await client.DisconnectAsync();
        else
            await client.ExpectClosedAsync();
        return reason;
    }
}
