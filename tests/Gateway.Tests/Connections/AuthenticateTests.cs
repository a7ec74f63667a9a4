using OrleansBroker.Broker.Options;
using OrleansBroker.Gateway.Connections;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Gateway.Tests.Connections;

public sealed class AuthenticateTests
{
    [Fact]
    public void Receive_ConnectThatSaysAll_IsConnectedAtOnce()
    {
        var rig = new MethodRig();
        rig.Connect("end ann", packet => packet with { UserName = "bob", Password = [1] });

        var connAck = rig.Rig.ConnAck();
        Assert.Equal((ReasonCode.Success, "COUNT", "bye ann"), (connAck.ReasonCode, connAck.AuthenticationMethod, MethodRig.Text(connAck.AuthenticationData)));
        Assert.Equal("ann", Assert.Single(rig.Rig.Control.Connects).UserName);
        var request = Assert.Single(rig.Method.Requests);
        Assert.Equal(("device", "bob", true, (byte)5), (request.ClientId, request.UserName, request.IsLoopback, request.ProtocolVersion));
        Assert.Empty(rig.Rig.Admission.Requests);
        Assert.Equal(1, rig.Method.Disposed);
    }

    [Fact]
    public void Receive_ConnectWithoutMethod_NamesNone()
    {
        var rig = new MethodRig();
        rig.Rig.Connect();

        var connAck = rig.Rig.ConnAck();
        Assert.Null(connAck.AuthenticationMethod);
        Assert.Null(connAck.AuthenticationData);
        Assert.Single(rig.Rig.Admission.Requests);
    }

    [Fact]
    public void Receive_ExchangeOfSeveralSteps_EndsWithConnAck()
    {
        var rig = new MethodRig();
        rig.Connect(null);
        rig.ExpectAuth(ReasonCode.ContinueAuthentication, null);
        Assert.Equal(ConnectionPhase.Authenticating, rig.Rig.Connection.Phase);
        rig.Continue("1");
        rig.ExpectAuth(ReasonCode.ContinueAuthentication, "more 1");
        Assert.Empty(rig.Rig.Control.Connects);
        rig.Continue("end ann");
        Assert.Equal("bye ann", MethodRig.Text(rig.Rig.ConnAck().AuthenticationData));
        Assert.Equal(ConnectionPhase.Attached, rig.Rig.Connection.Phase);
        Assert.Equal((3, 1), (rig.Method.Steps, rig.Method.Disposed));
    }

    [Fact]
    public async Task Receive_SlowStep_ConnectsWhenItIsOver()
    {
        var rig = new MethodRig { Method = { Gate = new(TaskCreationOptions.RunContinuationsAsynchronously) } };
        rig.Connect("end ann");
        Assert.Empty(rig.Rig.Packets());
        rig.Method.Gate.SetResult();
        await rig.Rig.Connection.ControlIdleAsync();
        Assert.Equal(ReasonCode.Success, rig.Rig.ConnAck().ReasonCode);
        Assert.True(rig.Rig.Transport.Resumes > 0);
    }

    [Theory]
    [InlineData("no", ReasonCode.BadUserNameOrPassword)]
    [InlineData("busy", ReasonCode.ServerUnavailable)]
    [InlineData("throw", ReasonCode.ServerUnavailable)]
    [InlineData("long", ReasonCode.ServerUnavailable)]
    [InlineData("default", ReasonCode.ServerUnavailable)]
    public async Task Receive_MethodRefuses_IsRefused(string data, ReasonCode reason)
    {
        var first = new MethodRig();
        first.Connect(data);
        await first.ExpectRefusedAsync(reason);

        var second = new MethodRig();
        second.Connect("1");
        second.Rig.Packets();
        second.Continue(data);
        await second.ExpectRefusedAsync(reason);
    }

    [Fact]
    public void Receive_AnotherMethod_IsRefused()
    {
        var rig = new MethodRig();
        rig.Connect("end ann", packet => packet with { AuthenticationMethod = "count" });
        Assert.Equal(ReasonCode.BadAuthenticationMethod, rig.Rig.ConnAck().ReasonCode);
        Assert.Empty(rig.Method.Requests);
    }

    [Fact]
    public async Task Receive_AnotherMethodInAuth_IsAProtocolError()
    {
        var rig = new MethodRig();
        rig.Connect("1");
        rig.Rig.Packets();
        rig.Send(ReasonCode.ContinueAuthentication, "end ann", method: "OTHER");
        await rig.ExpectRefusedAsync(ReasonCode.ProtocolError);
    }

    [Theory]
    [InlineData(ReasonCode.Success)]
    [InlineData(ReasonCode.ReAuthenticate)]
    public async Task Receive_AuthWithAnotherReason_IsAProtocolError(ReasonCode reason)
    {
        var rig = new MethodRig();
        rig.Connect("1");
        rig.Rig.Packets();
        rig.Send(reason, "end ann");
        await rig.ExpectRefusedAsync(ReasonCode.ProtocolError);
    }

    [Fact]
    public async Task Receive_AuthBeforeItIsAsked_IsAProtocolError()
    {
        var rig = new MethodRig { Method = { Gate = new() } };
        rig.Connect("1");
        rig.Continue("2");
        await rig.ExpectRefusedAsync(ReasonCode.ProtocolError);
        Assert.Equal(1, rig.Method.Cancelled);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Receive_AnotherPacketBeforeConnAck_IsAProtocolError(bool whileAStepRuns)
    {
        var rig = new MethodRig { Method = { Gate = whileAStepRuns ? new() : null } };
        rig.Connect("1");
        rig.Rig.Packets();
        Assert.Equal(ReceiveStatus.Closed, rig.Rig.Send(Wire.PingReq));
        await rig.ExpectRefusedAsync(ReasonCode.ProtocolError);
    }

    [Fact]
    public async Task Receive_MalformedAuth_IsRefused()
    {
        var rig = new MethodRig();
        rig.Connect("1");
        rig.Rig.Packets();
        rig.Rig.Send(0xF0, 1, 0x18);
        await rig.ExpectRefusedAsync(ReasonCode.MalformedPacket);
    }

    [Theory]
    [InlineData(100, ReasonCode.Success)]
    [InlineData(101, ReasonCode.QuotaExceeded)]
    public void Receive_DataAtTheLimit_AreTaken(int length, ReasonCode expected)
    {
        var limits = new LimitsOptions { MaxAuthenticationDataBytes = 100 };
        string data = "end " + new string('x', length - 4);
        var first = new MethodRig(limits);
        first.Connect(data);
        Assert.Equal(expected, first.Rig.ConnAck().ReasonCode);

        var second = new MethodRig(limits);
        second.Connect("1");
        second.Rig.Packets();
        second.Continue(data);
        Assert.Equal(expected, second.Rig.ConnAck().ReasonCode);
    }

    [Theory]
    [InlineData(3, ReasonCode.Success)]
    [InlineData(2, ReasonCode.NotAuthorized)]
    public void Receive_StepsAtTheLimit_AreTaken(int limit, ReasonCode expected)
    {
        var rig = new MethodRig(new LimitsOptions { MaxAuthenticationSteps = limit });
        rig.Connect("1");
        rig.ExpectAuth(ReasonCode.ContinueAuthentication, "more 1");
        rig.Continue("2");
        if (expected == ReasonCode.Success)
        {
            rig.ExpectAuth(ReasonCode.ContinueAuthentication, "more 2");
            rig.Continue("end ann");
        }

        Assert.Equal(expected, rig.Rig.ConnAck().ReasonCode);
        Assert.Equal(limit, rig.Method.Steps);
    }

    [Fact]
    public async Task Receive_AuthThatTheClientCannotTake_IsRefused()
    {
        var rig = new MethodRig();
        rig.Connect("12345678901234567890", packet => packet with { MaximumPacketSize = 30 });
        await rig.ExpectRefusedAsync(ReasonCode.PacketTooLarge);
    }

    [Fact]
    public async Task Receive_WillThatTheUserMayNotPublish_IsRefused()
    {
        var rig = new MethodRig();
        rig.Rig.Admission.ForbiddenTopics.Add("will/topic");
        rig.Connect("end ann", packet => packet with { Will = new() { Topic = TopicName.Parse("will/topic"), Payload = [] } });
        await rig.ExpectRefusedAsync(ReasonCode.NotAuthorized);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Receive_DisconnectDuringTheExchange_EndsItWithoutAnswer(bool whileAStepRuns)
    {
        var rig = new MethodRig { Method = { Gate = whileAStepRuns ? new() : null } };
        rig.Connect("1");
        rig.Rig.Packets();
        Assert.Equal(ReceiveStatus.Closed, rig.Rig.Send(0xE0, 0));
        await rig.ExpectGoneAsync();
        Assert.Empty(rig.Rig.Packets());
        Assert.Equal(whileAStepRuns ? 1 : 0, rig.Method.Cancelled);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task InputEnded_DuringTheExchange_EndsIt(bool whileAStepRuns)
    {
        var rig = new MethodRig { Method = { Gate = whileAStepRuns ? new() : null } };
        rig.Connect("1");
        rig.Rig.Packets();
        rig.Rig.Connection.InputEnded();
        await rig.ExpectGoneAsync();
        Assert.Empty(rig.Rig.Packets());
    }

    [Theory]
    [InlineData(true, ReasonCode.ServerUnavailable)]
    [InlineData(false, ReasonCode.NotAuthorized)]
    public async Task Sweep_ExchangeIsTooSlow_IsRefused(bool whileAStepRuns, ReasonCode reason)
    {
        var rig = new MethodRig { Method = { Gate = whileAStepRuns ? new() : null } };
        rig.Connect("1");
        rig.Rig.Packets();
        long accepted = rig.Rig.Connection.AcceptedAtMilliseconds;
        rig.Rig.Registry.Sweep(accepted - 1, accepted - 1);
        Assert.True(rig.Rig.Connection.IsOpen);
        rig.Rig.Registry.Sweep(accepted, accepted - 1);
        await rig.ExpectRefusedAsync(reason);
    }

    [Fact]
    public async Task Stop_DuringTheExchange_IsRefused()
    {
        var rig = new MethodRig();
        rig.Connect("1");
        rig.Rig.Packets();
        rig.Rig.Registry.Stop();
        await rig.ExpectRefusedAsync(ReasonCode.ServerUnavailable);
    }

    [Fact]
    public void Receive_PacketsBehindTheLastAuth_WaitForConnAck()
    {
        var rig = new MethodRig();
        rig.Rig.Control.ConnectGate = new();
        rig.Connect("end ann");
        Assert.Equal(ConnectionPhase.Connecting, rig.Rig.Connection.Phase);
        Assert.Equal(ReceiveStatus.Paused, rig.Rig.Send(Wire.PingReq));
    }
}
