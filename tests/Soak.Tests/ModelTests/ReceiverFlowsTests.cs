using OrleansBroker.Soak.Tests.Model;

namespace OrleansBroker.Soak.Tests.ModelTests;

public sealed class ReceiverFlowsTests
{
    private readonly ReceiverFlows _flows = new();

    public ReceiverFlowsTests() => _flows.Connected(1, 2);

    [Fact]
    public void Publish_AFirstOne_IsNew()
    {
        Assert.Null(Publish(1, Copy(7, 1)));
        Assert.Equal("DUP on the first delivery", Publish(1, Copy(8, 2, dup: true)));
    }

    [Fact]
    public void Publish_TheIdentifierOfAnother_IsAFault()
    {
        Publish(1, Copy(7, 1));
        Assert.Contains("in use", Publish(1, Copy(8, 1)), StringComparison.Ordinal);
    }

    [Fact]
    public void Publish_AgainOnTheSameConnection_IsAFault()
    {
        Publish(1, Copy(7, 1));
        Assert.Contains("twice", Publish(1, Copy(7, 1, dup: true)), StringComparison.Ordinal);
    }

    [Fact]
    public void Publish_AgainOnANewConnection_NeedsDup()
    {
        Publish(1, Copy(7, 1));
        _flows.Connected(2, 2);
        Assert.Contains("without DUP", Publish(2, Copy(7, 1)), StringComparison.Ordinal);
        _flows.Connected(3, 2);
        Assert.Null(Publish(3, Copy(7, 1, dup: true)));
    }

    [Fact]
    public void Publish_AgainInAnotherOrder_IsAFault()
    {
        Publish(1, Copy(7, 1));
        Publish(1, Copy(8, 2));
        _flows.Connected(2, 2);
        Assert.Null(Publish(2, Copy(8, 2, dup: true)));
        Assert.Contains("out of order", Publish(2, Copy(7, 1, dup: true)), StringComparison.Ordinal);
    }

    [Fact]
    public void Publish_AgainAfterAnAcknowledgementThatWasRead_IsAnotherFlow()
    {
        Acknowledge(1, 7, 1);
        _flows.Read(1, 1);
        _flows.Connected(2, 2);
        _flows.Publish(2, Copy(7, 1, dup: true), maySeeDup: true, out _, out var isNew);
        Assert.True(isNew);
    }

    [Fact]
    public void Publish_AgainAfterAnAcknowledgementThatMayBeLost_IsTheSameFlow()
    {
        Acknowledge(1, 7, 1);
        _flows.Connected(2, 2);
        Assert.Null(_flows.Publish(2, Copy(7, 1, dup: true), maySeeDup: true, out _, out var isNew));
        Assert.False(isNew);
    }

    [Fact]
    public void Publish_MoreThanReceiveMaximum_IsAFault()
    {
        Publish(1, Copy(7, 1));
        Publish(1, Copy(8, 2));
        Assert.Contains("Receive Maximum", Publish(1, Copy(9, 3)), StringComparison.Ordinal);
    }

    [Fact]
    public void Publish_AfterAnAcknowledgement_HasRoom()
    {
        Acknowledge(1, 7, 1);
        Publish(1, Copy(8, 2));
        Assert.Null(Publish(1, Copy(9, 3)));
    }

    [Fact]
    public void Publish_QoS2AgainAfterPubRecWasRead_IsAFault()
    {
        Acknowledge(1, 7, 1, qos: 2);
        _flows.Read(1, 1);
        _flows.Connected(2, 2);
        Assert.Contains("PUBREC was read", Publish(2, Copy(7, 1, qos: 2, dup: true)), StringComparison.Ordinal);
    }

    [Fact]
    public void Released_InTheRightOrder_CompletesTheFlow()
    {
        var flow = Acknowledge(1, 7, 1, qos: 2);
        Assert.Null(_flows.Released(1, 1, out _));
        Assert.Single(_flows.Open);
        _flows.Answer(1, flow);
        Assert.Empty(_flows.Open);
    }

    [Fact]
    public void Released_OutOfPlace_IsAFault()
    {
        Assert.NotNull(_flows.Released(1, 1, out _));
        Publish(1, Copy(7, 1, qos: 2));
        Assert.Equal("PUBREL before PUBREC", _flows.Released(1, 1, out _));
    }

    [Fact]
    public void Released_Again_IsRightOnlyOnANewConnectionAndIfPubCompMayBeLost()
    {
        var flow = Acknowledge(1, 7, 1, qos: 2);
        Assert.Null(_flows.Released(1, 1, out _));
        Assert.NotNull(_flows.Released(1, 1, out _));
        _flows.Connected(2, 2);
        Assert.Null(_flows.Released(2, 1, out _));
        _flows.Answer(2, flow);
        _flows.Read(2, 1);
        _flows.Connected(3, 2);
        Assert.NotNull(_flows.Released(3, 1, out _));
    }

    private string? Publish(int connection, Copy copy) => _flows.Publish(connection, copy, maySeeDup: false, out _, out _);

    private ReceiverFlow Acknowledge(int connection, long id, int packetIdentifier, int qos = 1)
    {
        _flows.Publish(connection, Copy(id, packetIdentifier, qos), maySeeDup: false, out var flow, out _);
        _flows.Answer(connection, flow);
        return flow;
    }

    private static Copy Copy(long id, int packetIdentifier, int qos = 1, bool dup = false) => new(id, "t", new Delivery(qos, false, ""), 0, packetIdentifier, dup);
}
