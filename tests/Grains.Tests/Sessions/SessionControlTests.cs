using System.Reflection;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Tests.Cluster;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Tests.Sessions;

public sealed class SessionControlTests
{
    private static readonly ConnectionEnd End = new(ReasonCode.UnspecifiedError, PublishWill: true);

    [Fact]
    public async Task DisconnectAsync_RejectedByTheSilo_IsSaidAgain()
    {
        var calls = Calls.That(count => count < 3 ? new SiloUnavailableException("going") : null);
        await Control(calls).DisconnectAsync("c", 7, End);
        Assert.Equal(3, calls.Count);
    }

    [Fact]
    public async Task DisconnectAsync_RejectedForEver_GivesUp()
    {
        var calls = Calls.That(_ => new SiloUnavailableException("going"));
        await Assert.ThrowsAsync<SiloUnavailableException>(async () => await Control(calls).DisconnectAsync("c", 7, End));
        Assert.Equal(5, calls.Count);
    }

    [Fact]
    public async Task DisconnectAsync_FailedInTheSession_IsNotSaidAgain()
    {
        var calls = Calls.That(_ => new InvalidOperationException("may have run"));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await Control(calls).DisconnectAsync("c", 7, End));
        Assert.Equal(1, calls.Count);
    }

    [Fact]
    public async Task ConnectAsync_Rejected_IsSaidAgain()
    {
        var calls = Calls.That(count => count < 3 ? Rejection() : null);
        Assert.Equal(ReasonCode.Success, await Control(calls).ConnectAsync(Parameters, new FakeConnection(1, new FakeRegistry()), TestContext.Current.CancellationToken));
        Assert.Equal(3, calls.Count);
    }

    [Fact]
    public async Task ConnectAsync_SiloGone_IsNotSaidAgain()
    {
        var calls = Calls.That(_ => new SiloUnavailableException("may have run"));
        Assert.Equal(
            ReasonCode.ServerUnavailable, await Control(calls).ConnectAsync(Parameters, new FakeConnection(1, new FakeRegistry()), TestContext.Current.CancellationToken));
        Assert.Equal(1, calls.Count);
    }

    [Fact]
    public async Task SubscribeAsync_Rejected_IsSaidAgain()
    {
        var calls = Calls.That(count => count < 2 ? Rejection() : null);
        await Control(calls).SubscribeAsync("c", 7, new SubscribePacket { PacketIdentifier = 1, Requests = [] }, []);
        Assert.Equal(2, calls.Count);
    }

    [Fact]
    public async Task Subscribe_OnAThreadOfItsOwn_CallsTheGrainFromThePool()
    {
        var isOnPool = false;
        var calls = Calls.That(_ =>
        {
            isOnPool = Thread.CurrentThread.IsThreadPoolThread;
            return null;
        });

        await Task.Factory.StartNew(
            () => Control(calls).SubscribeAsync("c", 7, new SubscribePacket { PacketIdentifier = 1, Requests = [] }, []).AsTask(),
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap();

        Assert.True(isOnPool);
    }

    private static ConnectParameters Parameters => new()
    {
        ClientId = "c",
        Version = ProtocolVersion.Mqtt5,
        CleanStart = true,
        SessionExpiryIntervalSeconds = 0,
        KeepAliveSeconds = 0,
        ReceiveMaximum = 1,
    };

    /// <summary>What Orleans alone makes.</summary>
    private static OrleansMessageRejectionException Rejection() => (OrleansMessageRejectionException)Activator.CreateInstance(
        typeof(OrleansMessageRejectionException), BindingFlags.Instance | BindingFlags.NonPublic, binder: null, ["going"], culture: null)!;

    private static SessionControl Control(Calls calls) =>
        new(Calls.Proxy<ISessionGrains>(calls), new LocalSessions(detours: null!), new RemoteSessions(null!, null!, null!, null!), Calls.Proxy<ILocalSiloDetails>(calls), new TimingOptions(), TimeProvider.System, NullLogger<SessionControl>.Instance);
}
