using OrleansBroker.Broker.Sessions;

namespace OrleansBroker.Broker.Tests.Sessions;

/// <summary>Keep-alive while connected, session expiry while not.</summary>
public sealed class SessionDeadlineTests
{
    private readonly SessionRig _rig = new();

    [Theory]
    [InlineData(0, long.MaxValue)]
    [InlineData(1, 1_500)]
    [InlineData(3, 4_500)]
    [InlineData(65_535, 98_302_500)]
    public void Deadline_Connected_IsOneAndAHalfKeepAlivesAfterTheLastPacket(ushort keepAlive, long expected)
    {
        var connection = _rig.Begin(_rig.Parameters(SessionRig.Durable, keepAlive: keepAlive), out _);
        // Until CONNACK it is the client that waits.
        Assert.Equal(Session.Never, _rig.Session.Deadline(700));

        _rig.Session.CompleteAttach(connection, _rig.Now);

        Assert.Equal(keepAlive == 0 ? Session.Never : 700 + expected, _rig.Session.Deadline(700));
        if (keepAlive == 0)
        {
            Assert.False(_rig.Session.IsSilent(0, long.MaxValue - 1));
            return;
        }

        Assert.False(_rig.Session.IsSilent(700, 700 + expected - 1));
        Assert.True(_rig.Session.IsSilent(700, 700 + expected));
    }

    [Theory]
    [InlineData(1u, 1_000)]
    [InlineData(4_294_967_294u, 4_294_967_294_000)]
    [InlineData(uint.MaxValue, -1)]
    public void Deadline_NotConnected_IsTheExpiryUnlessItNeverComes(uint expiry, long later)
    {
        _rig.Detach(_rig.Connect(expiry));
        Assert.Equal(later < 0 ? Session.Never : _rig.Now + later, _rig.Session.Deadline(0));
        Assert.False(_rig.Session.IsSilent(0, long.MaxValue - 1));
        _rig.Session.Due(later < 0 ? long.MaxValue - 1 : _rig.Now + later - 1);
        Assert.True(_rig.Session.Exists);
        if (later > 0) _rig.Session.Due(_rig.Now + later);
        Assert.Equal(later < 0, _rig.Session.Exists);
    }

    [Fact]
    public void Deadline_NoSession_NeverComes()
    {
        Assert.Equal(Session.Never, _rig.Session.Deadline(0));
        _rig.Session.Due(long.MaxValue);
        Assert.Empty(_rig.Effects());
    }

    [Fact]
    public void Due_Connected_EndsNothing()
    {
        _rig.Connect(expiry: 1);
        _rig.Session.Due(_rig.Now + 1_000_000);
        Assert.True(_rig.Session.IsConnected);
    }

    [Theory]
    [InlineData(SessionRig.Durable, 0u, false, 0u)]
    [InlineData(SessionRig.Durable, 7u, true, 7u)]
    [InlineData(SessionRig.Durable, null, true, SessionRig.Durable)]
    [InlineData(SessionRig.Transient, 7u, false, 0u)]
    public void Detach_ExpiryOfDisconnect_ReplacesAnyButZero(uint connect, uint? disconnect, bool exists, uint expiry)
    {
        _rig.Detach(_rig.Connect(connect), publishWill: false, disconnect);
        Assert.Equal((exists, expiry), (_rig.Session.Exists, _rig.Session.ExpiryIntervalSeconds));
    }

    [Fact]
    public void BeginAttach_ExpiredThoughTheTimerIsLate_FindsNoSession()
    {
        _rig.Detach(_rig.Connect(expiry: 10));
        _rig.Now += 10_000;
        _rig.Begin(_rig.Parameters(SessionRig.Durable), out var result);
        Assert.False(result.SessionPresent);
    }

    [Fact]
    public void Restore_WasConnected_CountsFromTheFirstRestart()
    {
        _rig.Connect(expiry: 10);
        _rig.Crash();
        _rig.Commit();
        _rig.Now += 9_000;
        _rig.Crash();
        Assert.Equal(_rig.Now + 1_000, _rig.Session.Deadline(0));
    }

    [Fact]
    public void Restore_EndedButNotDeleted_EndsAgainAndIsNotResumed()
    {
        _rig.Detach(_rig.Connect(), publishWill: false, expiry: 0);
        _rig.Commit();
        _rig.Crash();
        Assert.True(_rig.Session.Deadline(0) <= _rig.Now);
        _rig.Session.Due(_rig.Now);
        Assert.Equal([SessionEffectKind.Ended], _rig.EffectKinds());
    }
}
