using Microsoft.Extensions.Logging.Abstractions;
using OrleansBroker.Broker.Options;
using OrleansBroker.Gateway.Connections;
using OrleansBroker.Gateway.Hosting;
using OrleansBroker.Gateway.Tests.Connections;
using OrleansBroker.Grains.Leases;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Tests.Hosting;

/// <summary>A gateway that is cut off sends its clients elsewhere, slowly (invariant B15).</summary>
public sealed class GatewayFenceTests : IDisposable
{
    private readonly FakeLease _lease = new();
    private readonly List<ConnectionRig> _rigs = [ConnectionRig.Connected()];
    private readonly SleepyTime _time;
    private readonly GatewayFence _fence;

    public GatewayFenceTests()
    {
        _time = new SleepyTime(_rigs[0].Time);
        _fence = Start(_lease);
    }

    public void Dispose() => _fence.Dispose();

    [Theory]
    [InlineData(ProtocolVersion.Mqtt5)]
    [InlineData(ProtocolVersion.Mqtt311)]
    public void NoLease_ForAsLongAsAllowed_ClosesAndRefusesUntilItIsBack(ProtocolVersion version)
    {
        var rig = Connect(version);
        _lease.IsValid = false;
        Pass(TimeSpan.FromSeconds(14));
        Assert.True(rig.Connection.IsOpen);
        Pass(TimeSpan.FromSeconds(2));
        Assert.False(rig.Connection.IsOpen);
        Assert.Equal(CloseCause.CutOff, rig.Connection.Cause);
        if (version == ProtocolVersion.Mqtt5) Assert.Equal(ReasonCode.ServerBusy, rig.Disconnect().ReasonCode);
        else Assert.Empty(rig.Packets());

        var refused = new ConnectionRig(sibling: rig);
        refused.Connect(version);
        Assert.Equal(ReasonCode.ServerUnavailable, refused.ConnAck().ReasonCode);
        _lease.IsValid = true;
        Pass(GatewayFence.Interval);
        var welcome = new ConnectionRig(sibling: rig);
        welcome.Connect(version);
        Assert.Equal(ReasonCode.Success, welcome.ConnAck().ReasonCode);
    }

    /// <summary>The store is out of reach for all: nobody else would serve the clients better.</summary>
    [Fact]
    public void NoLease_TheOthersAnswer_ClosesNothingUntilTheyAreSilentToo()
    {
        var cluster = new FakeCluster { IsInTouch = true };
        _fence.Dispose();
        using var fence = Start(_lease, cluster);
        Pass(TimeSpan.FromSeconds(5));
        Assert.Equal(0, cluster.Asked);
        _lease.IsValid = false;
        Pass(TimeSpan.FromMinutes(1));
        Assert.InRange(cluster.Asked, 50, 61);
        Assert.Equal(1, OpenCount);

        cluster.IsInTouch = false;
        Pass(TimeSpan.FromSeconds(14));
        Assert.Equal(1, OpenCount);
        Pass(TimeSpan.FromSeconds(2));
        Assert.Equal(0, OpenCount);
        Assert.True(_rigs[0].Registry.IsCutOff);

        cluster.IsInTouch = true;
        Pass(GatewayFence.Interval);
        Assert.False(_rigs[0].Registry.IsCutOff);
    }

    [Fact]
    public void NoLease_ManyConnections_AreClosedAtTheRate()
    {
        for (var i = 0; i < 49; i++) Connect(ProtocolVersion.Mqtt5);
        _lease.IsValid = false;
        Pass(TimeSpan.FromSeconds(15));
        var first = OpenCount;
        Assert.Equal(48, first);
        Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(first - 20, OpenCount);
        Pass(TimeSpan.FromSeconds(2));
        Assert.Equal(0, OpenCount);
    }

    [Fact]
    public void NoLease_BackInBetween_CountsAnew()
    {
        for (var i = 0; i < 5; i++)
        {
            _lease.IsValid = false;
            Pass(TimeSpan.FromSeconds(14));
            _lease.IsValid = true;
            Pass(GatewayFence.Interval);
        }

        Assert.Equal(1, OpenCount);
    }

    /// <summary>It could not renew its lease then, and may at once.</summary>
    [Fact]
    public void NoLease_ProcessStoodStill_DoesNotCount()
    {
        _lease.IsValid = false;
        _time.Slept += TimeSpan.FromMinutes(1);
        Pass(GatewayFence.Interval);
        Assert.Equal(1, OpenCount);
        Pass(TimeSpan.FromSeconds(14));
        Assert.Equal(1, OpenCount);
        Pass(TimeSpan.FromSeconds(2));
        Assert.Equal(0, OpenCount);
    }

    [Fact]
    public void SessionUnreachable_OfOne_ClosesThatOneAlone()
    {
        var unreachable = Connect(ProtocolVersion.Mqtt5);
        _fence.SessionUnreachable(unreachable.Connection.ConnectionId);
        _fence.SessionUnreachable(unreachable.Connection.ConnectionId);
        _fence.SessionUnreachable(4711);
        Assert.True(unreachable.Connection.IsOpen);
        Pass(GatewayFence.Interval);
        Assert.False(unreachable.Connection.IsOpen);
        Assert.Equal(1, OpenCount);
    }

    [Fact]
    public void NoCluster_NoLeaseAtAll_ClosesNothing()
    {
        using var fence = Start(lease: null);
        Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(1, OpenCount);
    }

    private int OpenCount => _rigs.Count(static rig => rig.Connection.IsOpen);

    private GatewayFence Start(INodeLease? lease, IClusterContact? cluster = null)
    {
        var rig = _rigs[0];
        // Two in each look.
        var fence = new GatewayFence(rig.Registry, _time, new TimingOptions(), new LimitsOptions { MaxFenceClosesPerSecond = 20 }, NullLogger<GatewayFence>.Instance, lease, cluster);
        Assert.True(fence.StartAsync(CancellationToken.None).IsCompletedSuccessfully);
        return fence;
    }

    private ConnectionRig Connect(ProtocolVersion version)
    {
        var rig = new ConnectionRig(sibling: _rigs[0]);
        rig.Connect(version);
        Assert.Equal(ConnectionPhase.Attached, rig.Connection.Phase);
        rig.Packets();
        _rigs.Add(rig);
        return rig;
    }

    private void Pass(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += GatewayFence.Interval) _rigs[0].Time.Advance(GatewayFence.Interval);
    }

    /// <summary>A clock that goes on while no timer fires.</summary>
    private sealed class SleepyTime(TimeProvider awake) : TimeProvider
    {
        public TimeSpan Slept { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => awake.GetElapsedTime(0, awake.GetTimestamp()).Ticks + Slept.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => awake.CreateTimer(callback, state, dueTime, period);
    }

    private sealed class FakeLease : INodeLease
    {
        public bool IsValid { get; set; } = true;

        public TimeSpan InvalidFor => IsValid ? TimeSpan.Zero : TimeSpan.MaxValue;
    }
}
