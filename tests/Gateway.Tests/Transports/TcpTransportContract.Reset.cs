using System.Net.Sockets;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Options;
using OrleansBroker.Gateway.Connections;
using OrleansBroker.Gateway.Tests.Connections;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Gateway.Tests.Transports;

/// <content>Resets by the client.</content>
public abstract partial class TcpTransportContract
{
    [Fact]
    public async Task Reset_ByTheClient_EndsTheSessionWithWill()
    {
        await using var rig = await StartAsync();
        var socket = await ConnectAsync(rig);
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Dispose();
        await WaitUntilAsync(() => rig.Control.Ends.Count == 1);
        Assert.True(Assert.Single(rig.Control.Ends).PublishWill);
        Assert.Equal(0, rig.Registry.Count);
    }

    [Fact]
    public async Task Reset_WhilePaused_EndsWhenItGoesOn()
    {
        await using var rig = await StartAsync(new LimitsOptions { MaxPendingPublishes = 1 });
        rig.Router.Holds = true;
        var first = new SemaphoreSlim(0);
        rig.Router.OnPublish = _ => first.Release();
        var socket = await ConnectAsync(rig);
        await SendAsync(socket, [
            .. Wire.Publish(ProtocolVersion.Mqtt5, "t", QoS.AtLeastOnce, 1), .. Wire.Publish(ProtocolVersion.Mqtt5, "t", QoS.AtLeastOnce, 2)]);
        Assert.True(await first.WaitAsync(Deadline, TestContext.Current.CancellationToken));
        await SendAsync(socket, Wire.PingReq);
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Dispose();
        rig.Router.Holds = false;
        rig.Router.Published[0].Settle(PartOutcome.Done);
        await WaitUntilAsync(() => rig.Control.Ends.Count == 1);
        Assert.Equal(0, rig.Registry.Count);
    }

    [Theory]
    [InlineData(ResetStage.Accepted)]
    [InlineData(ResetStage.InConnect)]
    [InlineData(ResetStage.Connecting)]
    [InlineData(ResetStage.InPublish)]
    [InlineData(ResetStage.Blocked)]
    [InlineData(ResetStage.Closing)]
    public async Task Reset_AtEveryStage_LeavesNothingBehind(ResetStage stage)
    {
        await using var rig = await StartAsync(new LimitsOptions { MaxOutputBytes = 100_000 });
        if (stage == ResetStage.Connecting)
            rig.Control.ConnectGate = new TaskCompletionSource();
        for (var i = 0; i < 20; i++)
            await ResetAsync(rig, stage);
        rig.Control.ConnectGate?.SetResult();
        await WaitUntilAsync(() => rig.Registry is { Count: 0, UnconnectedCount: 0 });
        using var other = await ConnectAsync(rig);
        await SendAsync(other, Wire.PingReq);
        Assert.Equal(Wire.PingResp, await ReadAsync(other, 2));
    }

    private static async Task ResetAsync(TransportRig rig, ResetStage stage)
    {
        using var socket = stage > ResetStage.Connecting ? await ConnectAsync(rig, receiveBufferBytes: 4_096) : await rig.OpenAsync();
        if (stage is ResetStage.InConnect or ResetStage.Connecting)
            await SendAsync(socket, stage == ResetStage.InConnect ? ConnectBytes()[..5] : ConnectBytes());
        else if (stage == ResetStage.InPublish)
            await SendAsync(socket, Wire.Publish(ProtocolVersion.Mqtt5, "t", payload: new string('x', 100_000))[..50_000]);
        else if (stage == ResetStage.Blocked)
            Fill(Newest(rig));
        else if (stage == ResetStage.Closing)
            await SendAsync(socket, [0xE0, 0]);
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
    }

    private static Connection Newest(TransportRig rig)
    {
        for (var id = rig.Registry.NextId(); ; id--)
        {
            if (rig.Registry.TryGet(id, out var connection))
                return (Connection)connection;
        }
    }
}
