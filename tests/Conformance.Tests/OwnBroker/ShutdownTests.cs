using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.OwnBroker;

/// <summary>What clients see when the program is told to end.</summary>
public sealed class ShutdownTests
{
    [Fact]
    public async Task Sigterm_WithClients_SaysSoTo50ClosesAllAndExitsWithZero()
    {
        const byte ServerShuttingDown = 0x8B;
        await using var broker = await OwnBroker.StartAsync();
        await using var v5 = await broker.ConnectAsync(MqttVersion.V50);
        await using var v311 = await broker.ConnectAsync(MqttVersion.V311);
        await using var persistent = await broker.ConnectAsync(ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId()));
        await using var halfConnected = await RawClient.OpenAsync(broker.Endpoint, MqttVersion.V50);

        var start = TimeProvider.System.GetTimestamp();
        Assert.Equal(0, await broker.Process.StopAsync());
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(10));
        await v5.ExpectDisconnectAsync(ServerShuttingDown);
        await v311.ExpectDisconnectAsync();
        await persistent.ExpectDisconnectAsync(ServerShuttingDown);
        await halfConnected.ExpectClosedAsync();
    }

    [Fact]
    public async Task Output_OfARun_IsTheReadyLineAlone()
    {
        await using var broker = await OwnBroker.StartAsync();
        await using (var client = await broker.ConnectAsync(MqttVersion.V50))
            await client.DisconnectAsync();
        await broker.Process.StopAsync();
        var line = Assert.Single(broker.Process.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Matches(@"^ready tcp=127\.0\.0\.1:\d+ websocket=127\.0\.0\.1:\d+ http=127\.0\.0\.1:\d+ node=\S+$", line);
    }
}
