using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Sessions.Commands;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>The session's silo dies around a command; its client's connection is on another one.</summary>
public sealed class CommandFaultTests
{
    [Theory]
    [InlineData(0u)]
    [InlineData(TestClient.Durable)]
    public async Task CoreDies_AfterSubscriptionWasGiven_ItStands(uint expiry)
    {
        await using var silos = await ThreeSilos.StartAsync();
        var client = await silos.ConnectAsync("given", expiry);
        Assert.Equal(CommandOutcome.Done, (await silos.Other.SubscribeAsync("given", "given/#")).Outcome);
        Assert.Equal(CommandOutcome.Done, (await silos.Other.SubscribeAsync("given", "taken/#")).Outcome);
        Assert.Equal(CommandOutcome.Done, await silos.Other.UnsubscribeAsync("given", "taken/#"));

        await silos.KillCoreAsync("given");

        Assert.Equal(ReasonCode.Success, await silos.Other.Client("p").PublishAsync("given/a/t", "after"));
        Assert.Equal("after", await client.NextPayloadAsync());
        Assert.Equal(ReasonCode.NoMatchingSubscribers, await silos.Other.Client("p").PublishAsync("taken/a/t", "after"));
        Assert.Equal(CommandOutcome.Done, await silos.Gateway.UnsubscribeAsync("given", "given/#"));
        client.HasNothing();
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(TestClient.Durable)]
    public async Task CoreDies_CommandMeanwhile_WaitsForTheHandOverAndHappensOnce(uint expiry)
    {
        await using var silos = await ThreeSilos.StartAsync();
        var client = await silos.ConnectAsync("meanwhile", expiry);
        var handOver = new TaskCompletionSource();
        silos.Gateway.HoldBackReattaching(handOver.Task);
        await silos.Cluster.KillAsync(silos.Core);

        var ends = silos.Other.EndAsync("meanwhile");
        await BrokerCluster.EventuallyAsync(() => silos.Gateway.Reattached.Count > 0);
        Assert.False(ends.IsCompleted);
        client.HasNothing();
        handOver.SetResult();

        Assert.Equal(CommandOutcome.Done, await ends);
        Assert.Equal(new Sent.Closed(ReasonCode.AdministrativeAction), await client.NextAsync());
        Assert.Equal(CommandOutcome.NoSession, await silos.Gateway.EndAsync("meanwhile"));
    }

    [Fact]
    public async Task CoreDies_UnderTheCall_NextOneFindsTheSameConnection()
    {
        await using var silos = await ThreeSilos.StartAsync();
        var client = await silos.ConnectAsync("under", TestClient.Durable);
        var before = await silos.Other.StampAsync("under");

        await silos.KillCoreAsync("under");

        // Meant for the connection under the epoch that it had before.
        var aim = new CommandAim(before, silos.Gateway.Address, client.Connection.ConnectionId);
        var session = silos.Other.Grains.GetGrain<ISessionGrain>(new SessionKey("under").ToGrainKey());
        var answer = await session.DisconnectForAsync(new DisconnectCommand(aim with { ConnectionId = -1 }, ReasonCode.AdministrativeAction, PublishWill: true, null));
        Assert.Equal(CommandOutcome.Changed, answer.Outcome);
        Assert.True(answer.Now.Stamp.Epoch > before.Epoch);
        answer = await session.DisconnectForAsync(new DisconnectCommand(aim, ReasonCode.AdministrativeAction, PublishWill: true, null));
        Assert.Equal(CommandOutcome.Done, answer.Outcome);
        Assert.Equal(new Sent.Closed(ReasonCode.AdministrativeAction), await client.NextAsync());
    }
}
