using OrleansBroker.TestKit;
using OrleansBroker.TestKit.Servers;

namespace OrleansBroker.Durability.Tests;

/// <summary>A server store that is out of reach, slow, or restarted while clients are connected (design sections 7 and 10).</summary>
public sealed class DatabaseOutageTests : IAsyncLifetime
{
    private PostgresServer _server = null!;
    private TcpProxy _proxy = null!;
    private BrokerProcess _broker = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.CreateAsync();
        _proxy = new TcpProxy(_server.Port);
    }

    /// <param name="offlineIdle">After which "away" leaves memory: what comes then is read from the store first.</param>
    private async Task StartAsync(string offlineIdle = "1h")
    {
        _broker = await BrokerProcess.StartAsync(
            "Broker:Storage:Provider=Postgres", $"Broker:Storage:ConnectionString={await _server.CreateSchemaAsync(_proxy.Port)}", "Broker:Timing:StoreWait=3s",
            $"Broker:Timing:OfflineIdle={offlineIdle}", "Logging:LogLevel:OrleansBroker.Grains=Debug");
        await using var away = await RawClient.ConnectAsync(_broker.Tcp, Away);
        await away.SubscribeAsync("t", 1);
        await away.DisconnectAsync();
    }

    private static ConnectRequest Away => ConnectRequest.Persistent(MqttVersion.V50, "away", 3600);

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        await _proxy.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Operations_ServerOutOfReach_FailWithTheirCodesAndRecoverByThemselves()
    {
        await StartAsync();
        await using var durable = await RawClient.ConnectAsync(_broker.Tcp, ConnectRequest.Persistent(MqttVersion.V50, "durable", 3600));
        await using var online = await RawClient.ConnectAsync(_broker.Tcp, MqttVersion.V50);
        await online.SubscribeAsync("zero", 0);
        await using var publisher = await RawClient.ConnectAsync(_broker.Tcp, MqttVersion.V50);
        Assert.Equal(Reason.Success, await PublishAsync(publisher, "first", 1));

        _proxy.Cut();
        Assert.Equal(Reason.QuotaExceeded, await PublishAsync(publisher, "second", 2));
        Assert.Equal(Reason.ImplementationSpecificError, Assert.Single((await durable.SubscribeWithAckAsync([("u", 1)])).ReasonCodes));
        var refused = await Assert.ThrowsAsync<UnexpectedFrameException>(() => RawClient.ConnectAsync(_broker.Tcp, ConnectRequest.Persistent(MqttVersion.V50, "other", 3600)));
        Assert.Equal("CONNACK refuses with 0x88", refused.Message);
        await publisher.PublishAsync("zero", "goes on");
        Assert.Equal("goes on", (await online.ReceiveAsync()).Text);

        _proxy.Restore();
        while (await PublishAsync(publisher, "third", 3) != Reason.Success) TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        await AssertReceivesAsync("first", "third");
    }

    [Fact]
    public async Task Publish_ToASessionThatLeftMemoryWhileTheServerIsAway_ArrivesInOrderAfterwards()
    {
        await StartAsync("1s");
        while (!_broker.Errors.Contains("Session away leaves memory", StringComparison.Ordinal))
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        await using var publisher = await RawClient.ConnectAsync(_broker.Tcp, MqttVersion.V50);
        _proxy.Cut();
        for (var i = 1; i <= 5; i++) await publisher.SendAsync(Publish($"m{i}", i));
        for (var i = 1; i <= 5; i++) Assert.Equal(Reason.QuotaExceeded, (await publisher.ExpectAckAsync(PacketType.PubAck, i)).ReasonCode);
        _proxy.Restore();
        while (await PublishAsync(publisher, "m6", 6) != Reason.Success) TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        // What was refused waits before the session's door and is let in before what came later (invariants B4, H11).
        await AssertReceivesAsync("m1", "m2", "m3", "m4", "m5", "m6");
    }

    [Fact]
    public async Task Publish_ServerRestarted_GoesOn()
    {
        await StartAsync();
        await using var publisher = await RawClient.ConnectAsync(_broker.Tcp, MqttVersion.V50);
        Assert.Equal(Reason.Success, await PublishAsync(publisher, "first", 1));
        await _server.StopAsync();
        await _server.StartAsync();
        while (await PublishAsync(publisher, "second", 2) != Reason.Success) TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        await AssertReceivesAsync("first", "second");
    }

    [Fact]
    public async Task Publish_ServerSlow_IsAcknowledgedWhenItIsStored()
    {
        await StartAsync();
        await using var publisher = await RawClient.ConnectAsync(_broker.Tcp, MqttVersion.V50);
        Assert.Equal(Reason.Success, await PublishAsync(publisher, "first", 1));
        _proxy.Delay = TimeSpan.FromSeconds(1);
        await publisher.SendAsync(Publish("slow", 2));
        Assert.False(await publisher.IsAnythingThereAsync(TimeSpan.FromMilliseconds(500)));
        Assert.Equal(Reason.Success, (await publisher.ExpectAckAsync(PacketType.PubAck, 2)).ReasonCode);

        // Longer than it may take: refused, and nothing of it is lost to the ones that come later.
        _proxy.Delay = TimeSpan.FromSeconds(5);
        Assert.Equal(Reason.QuotaExceeded, await PublishAsync(publisher, "too slow", 3));
        _proxy.Delay = TimeSpan.Zero;
        while (await PublishAsync(publisher, "last", 4) != Reason.Success) TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        await AssertReceivesAsync("first", "slow", "last");
    }

    /// <summary>All of these in this order; what was refused may have been stored as well.</summary>
    private async Task AssertReceivesAsync(params string[] expected)
    {
        await using var client = await RawClient.ConnectAsync(_broker.Tcp, Away);
        List<string> received = [];
        while (received.Count == 0 || received[^1] != expected[^1]) received.Add((await client.ReceiveAsync()).Text);
        Assert.Equal(expected, received.Distinct().Where(expected.Contains));
    }

    private static byte[] Publish(string text, int id) => Packet.Publish(MqttVersion.V50, "t", System.Text.Encoding.ASCII.GetBytes(text), 1, id);

    private static async Task<byte> PublishAsync(RawClient publisher, string text, int id)
    {
        await publisher.SendAsync(Publish(text, id));
        return (await publisher.ExpectAckAsync(PacketType.PubAck, id)).ReasonCode;
    }
}
