using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Broker.Tests.Messages;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Broker.Tests.Sessions;

/// <summary>When a will is published and when it is not [MQTT5-3.1.2-10] [MQTT5-3.1.3-9].</summary>
public sealed class SessionWillTests
{
    private readonly SessionRig _rig = new();

    private static WillMessage Will(uint delay = 0, QoS qos = QoS.AtLeastOnce) => new("w"u8.ToArray(), 1, 0, qos, false, delay, null);

    private int Published() => _rig.EffectKinds().Count(static kind => kind == SessionEffectKind.PublishWill);

    [Theory]
    [InlineData(SessionRig.Durable, 0u, true, 1)]
    [InlineData(SessionRig.Durable, 0u, false, 0)]
    [InlineData(SessionRig.Durable, 5u, true, 0)]
    [InlineData(SessionRig.Transient, 5u, true, 1)]
    [InlineData(SessionRig.Transient, 5u, false, 0)]
    public void Detach_WithOrWithoutNormalDisconnect_PublishesWhatIsDue(uint expiry, uint delay, bool publishWill, int published)
    {
        var connection = _rig.Connect(expiry, will: Will(delay));
        _rig.Detach(connection, publishWill);
        Assert.Equal(published, Published());
        _rig.Now += 1_000_000;
        _rig.Session.Due(_rig.Now);
        Assert.Equal(publishWill ? 1 - published : 0, Published());
    }

    [Theory]
    [InlineData(0u, false, 1)]
    [InlineData(5u, false, 0)]
    [InlineData(5u, true, 1)]
    public void BeginAttach_Takeover_PublishesWithoutDelayOrWhenTheSessionEnds(uint delay, bool cleanStart, int published)
    {
        _rig.Connect(will: Will(delay));
        var second = _rig.Connect(cleanStart: cleanStart);
        Assert.Equal(published, Published());
        _rig.Detach(second);
        _rig.Now += 1_000_000;
        _rig.Session.Due(_rig.Now);
        Assert.Equal(0, Published());
    }

    [Theory]
    [InlineData(4_999, 0)]
    [InlineData(5_000, 1)]
    public void BeginAttach_BeforeOrAfterTheDelayThoughTheTimerIsLate_PublishesOnlyAfterIt(long later, int published)
    {
        _rig.Detach(_rig.Connect(will: Will(delay: 5)));
        _rig.Now += later;
        _rig.Connect();
        Assert.Equal(published, Published());
    }

    [Fact]
    public void Due_DelayLongerThanTheSession_PublishesAtItsEnd()
    {
        _rig.Detach(_rig.Connect(expiry: 10, will: Will(delay: 60)));
        _rig.Now += 9_999;
        _rig.Session.Due(_rig.Now);
        Assert.Equal(0, Published());
        _rig.Now++;
        _rig.Session.Due(_rig.Now);
        Assert.Equal(1, Published());
        Assert.False(_rig.Session.Exists);
    }

    [Fact]
    public void Disconnect_ByTheServer_PublishesTheWill()
    {
        var connection = _rig.Connect(will: Will());
        _rig.Session.Disconnect(ReasonCode.KeepAliveTimeout, publishWill: true, _rig.Now);
        Assert.Equal(ReasonCode.KeepAliveTimeout, connection.ClosedWith);
        Assert.Equal(1, Published());
        _rig.Session.Disconnect(ReasonCode.KeepAliveTimeout, publishWill: true, _rig.Now);
        Assert.Equal(0, Published());
    }

    [Theory]
    [InlineData(QoS.AtMostOnce)]
    [InlineData(QoS.AtLeastOnce)]
    public void PublishWill_WhenDone_LeavesTheJournal(QoS qos)
    {
        var connection = _rig.Connect(will: Will(0, qos));
        Assert.Contains("w0", _rig.Journal.Committed);
        _rig.Detach(connection);
        if (qos > QoS.AtMostOnce)
        {
            _rig.Commit();
            Assert.Contains("w0", _rig.Journal.Committed);
            _rig.Session.WillSettled(Publications.Of("will"), ReasonCode.Success);
        }

        _rig.Commit();
        Assert.DoesNotContain("w0", _rig.Journal.Committed);
    }

    [Fact]
    public void WillSettled_AnotherWillStandsThereByNow_ItsRecordStays()
    {
        _rig.Detach(_rig.Connect(will: Will()));
        _rig.Connect(will: Will());
        _rig.Session.WillSettled(Publications.Of("will"), ReasonCode.Success);
        _rig.Commit();
        Assert.Contains("w0", _rig.Journal.Committed);
    }

    [Fact]
    public void WillSettled_AReceiverCouldNotStoreIt_IsPublishedAgainAndStaysInTheJournal()
    {
        _rig.Detach(_rig.Connect(will: Will()));
        _rig.Effects();
        _rig.Session.WillSettled(Publications.Of("will"), Publication.NotStored);
        _rig.Commit();
        Assert.Contains("w0", _rig.Journal.Committed);
        var again = Assert.Single(_rig.Effects(), static effect => effect.Kind == SessionEffectKind.RepeatWill);
        _rig.Session.WillSettled((Publication)again.Target!, ReasonCode.Success);
        _rig.Commit();
        Assert.DoesNotContain("w0", _rig.Journal.Committed);
    }

    [Fact]
    public void Restore_WillNotDone_IsPublishedWhenDue()
    {
        _rig.Connect(will: Will(delay: 5));
        _rig.Crash();
        Assert.Equal(_rig.Now + 5_000, _rig.Session.Deadline(0));
        _rig.Now += 5_000;
        _rig.Session.Due(_rig.Now);
        Assert.Equal(1, Published());
    }
}
