using OrleansBroker.Broker.Messages;
using OrleansBroker.Gateway.Connections;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Tests.Connections;

/// <summary>Messages that the store keeps waiting: 5.0 clients are told, 3.x clients are closed (design section 10).</summary>
public sealed class OverdueTests
{
    private const long Wait = 10_000;

    private static ConnectionRig Holding(ProtocolVersion version = ProtocolVersion.Mqtt5)
    {
        // A Reason String would only make the packets longer.
        var rig = ConnectionRig.Connected(version, with: version == ProtocolVersion.Mqtt5 ? ConnectionRig.WithoutReasonStrings : null);
        rig.Router.Holds = true;
        return rig;
    }

    private static void Sweep(ConnectionRig rig, long now) => rig.Registry.SweepOverdue(now, Wait);

    private static string[] Sent(ConnectionRig rig) => [.. rig.Packets().Select(Convert.ToHexString)];

    [Fact]
    public void Sweep_QoS1Waits_IsRefusedAfterTheWaitAndItsEndIsSilent()
    {
        var rig = Holding();
        rig.SendPublish("t", QoS.AtLeastOnce, 7);
        Sweep(rig, 0);
        Sweep(rig, Wait - 1);
        Assert.Empty(rig.Packets());
        Sweep(rig, Wait);
        Assert.Equal(["4003000797"], Sent(rig));

        rig.Router.Published[0].Settle(PartOutcome.Done);
        Assert.Empty(rig.Packets());
        Assert.Equal(0, rig.Services.Pending.Bytes);
    }

    [Fact]
    public void Sweep_MessagesKeepBeingDone_RefusesNone()
    {
        var rig = Holding();
        for (var second = 0; second < 100; second++)
        {
            rig.SendPublish("t", QoS.AtLeastOnce, 7);
            rig.SendPublish("t", QoS.ExactlyOnce, 8);
            Sweep(rig, second * 1_000);
            rig.Router.Published[^1].Settle(PartOutcome.Done);
            rig.Connection.Acknowledge(PacketType.PubRec, 8, ReasonCode.Success);
            rig.Connection.Acknowledge(PacketType.PubComp, 8, ReasonCode.Success);
        }

        Assert.DoesNotContain(Sent(rig), static packet => packet.EndsWith("97", StringComparison.Ordinal));
        Assert.Empty(rig.Session.Overdue);
    }

    [Fact]
    public void Sweep_LaterMessage_HasItsOwnTime()
    {
        var rig = Holding();
        rig.SendPublish("t", QoS.AtLeastOnce, 1);
        Sweep(rig, 0);
        rig.SendPublish("t", QoS.AtLeastOnce, 2);
        Sweep(rig, Wait);
        Assert.Equal(["4003000197"], Sent(rig));
        Sweep(rig, Wait + 1);
        Sweep(rig, (2 * Wait) + 1);
        Assert.Equal(["4003000297"], Sent(rig));
    }

    [Fact]
    public void Sweep_QoS2WithoutPubRec_IsRefusedByItsSession()
    {
        var rig = Holding();
        rig.SendPublish("t", QoS.ExactlyOnce, 5);
        rig.SendPublish("t", QoS.ExactlyOnce, 6);
        rig.Connection.Acknowledge(PacketType.PubRec, 6, ReasonCode.Success);
        Sweep(rig, 0);
        Sweep(rig, Wait);
        Assert.Equal([(ushort)5], rig.Session.Overdue);
    }

    [Fact]
    public void Sweep_Version311Waits_IsClosedAfterThreeTimesTheWait()
    {
        var rig = Holding(ProtocolVersion.Mqtt311);
        rig.SendPublish("t", QoS.AtLeastOnce, 7);
        Sweep(rig, 0);
        Sweep(rig, (3 * Wait) - 1);
        Assert.Empty(rig.Packets());
        Assert.False(rig.Transport.IsCloseAsked);
        Sweep(rig, 3 * Wait);
        Assert.Empty(rig.Packets());
        Assert.Equal((true, CloseCause.StoreUnavailable), (rig.Transport.IsCloseAsked, rig.Connection.Cause));
    }
}
