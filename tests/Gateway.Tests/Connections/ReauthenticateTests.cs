using OrleansBroker.Broker.Options;
using OrleansBroker.Gateway.Connections;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Tests.Connections;

public sealed class ReauthenticateTests
{
    [Fact]
    public void Receive_Reauthentication_EndsWithAuth()
    {
        var rig = MethodRig.Connected();
        rig.Reauthenticate("1");
        rig.ExpectAuth(ReasonCode.ContinueAuthentication, "more 1");
        rig.Continue("end ann");
        rig.ExpectAuth(ReasonCode.Success, "bye ann");
        Assert.Equal(2, rig.Method.Disposed);
        var request = rig.Method.Requests[1];
        Assert.Equal(("device", null, null), (request.ClientId, request.UserName, request.Password));

        rig.Reauthenticate("end ann");
        rig.ExpectAuth(ReasonCode.Success, "bye ann");
        Assert.Empty(rig.Rig.Control.Ends);
    }

    [Fact]
    public void Receive_PacketsDuringReauthentication_AreHandledAsBefore()
    {
        var rig = MethodRig.Connected();
        rig.Reauthenticate("1");
        rig.Rig.Packets();
        rig.Rig.Send(Wire.PingReq);
        rig.Rig.Send(Wire.Subscribe(1, "a"));
        rig.Rig.SendPublish("t");
        rig.Rig.Connection.Publish(Wire.Outbound(Wire.Message("out", "p")));
        Assert.Equal([PacketType.PingResp, PacketType.Publish], rig.Rig.Packets().Select(Wire.TypeOf));
        Assert.Single(rig.Rig.Control.Subscribes);
        Assert.Single(rig.Rig.Router.Published);
        rig.Continue("end ann");
        rig.ExpectAuth(ReasonCode.Success, "bye ann");
    }

    [Fact]
    public void Receive_SlowStep_DoesNotHoldSubscribe()
    {
        var rig = MethodRig.Connected();
        rig.Method.Gate = new();
        rig.Reauthenticate("end ann");
        rig.Rig.Send(Wire.Subscribe(1, "a"));
        Assert.Single(rig.Rig.Control.Subscribes);
        rig.Method.Gate.SetResult();
        rig.ExpectAuth(ReasonCode.Success, "bye ann");
    }

    [Fact]
    public void Receive_ReauthenticationSucceeds_LooksPermissionsUpAnew()
    {
        var rig = MethodRig.Connected();
        int before = rig.Rig.Admission.Lookups;
        rig.Reauthenticate("1");
        Assert.Equal(before, rig.Rig.Admission.Lookups);
        rig.Continue("end ann");
        Assert.Equal(before + 1, rig.Rig.Admission.Lookups);
    }

    [Theory]
    [InlineData("no", ReasonCode.NotAuthorized)]
    [InlineData("end bob", ReasonCode.NotAuthorized)]
    [InlineData("busy", ReasonCode.ServerBusy)]
    [InlineData("throw", ReasonCode.ServerBusy)]
    public async Task Receive_ReauthenticationFails_IsDisconnected(string data, ReasonCode reason)
    {
        var first = MethodRig.Connected();
        first.Reauthenticate(data);
        await first.ExpectDisconnectedAsync(reason);

        var second = MethodRig.Connected();
        second.Reauthenticate("1");
        second.Rig.Packets();
        second.Continue(data);
        await second.ExpectDisconnectedAsync(reason);
        Assert.Equal(2, second.Method.Disposed);
    }

    [Theory]
    [InlineData(ReasonCode.ReAuthenticate, "OTHER")]
    [InlineData(ReasonCode.ContinueAuthentication, null)]
    [InlineData(ReasonCode.Success, null)]
    public async Task Receive_AuthOutOfTurn_IsAProtocolError(ReasonCode reason, string? method)
    {
        var rig = MethodRig.Connected();
        rig.Send(reason, "end ann", method);
        await rig.ExpectDisconnectedAsync(ReasonCode.ProtocolError);
    }

    [Theory]
    [InlineData(ReasonCode.ReAuthenticate, "COUNT", false)]
    [InlineData(ReasonCode.ReAuthenticate, "COUNT", true)]
    [InlineData(ReasonCode.ContinueAuthentication, "COUNT", true)]
    [InlineData(ReasonCode.ContinueAuthentication, "OTHER", false)]
    public async Task Receive_AuthOutOfTurnDuringReauthentication_IsAProtocolError(ReasonCode reason, string method, bool whileAStepRuns)
    {
        var rig = MethodRig.Connected();
        rig.Method.Gate = whileAStepRuns ? new() : null;
        rig.Reauthenticate("1");
        rig.Rig.Packets();
        rig.Send(reason, "2", method);
        await rig.ExpectDisconnectedAsync(ReasonCode.ProtocolError);
    }

    [Fact]
    public async Task Receive_TooLongData_AreRefused()
    {
        var rig = MethodRig.Connected(new LimitsOptions { MaxAuthenticationDataBytes = 100 });
        rig.Reauthenticate(new string('x', 101));
        await rig.ExpectDisconnectedAsync(ReasonCode.QuotaExceeded);
    }

    [Fact]
    public async Task Receive_TooManySteps_AreRefused()
    {
        var rig = MethodRig.Connected(new LimitsOptions { MaxAuthenticationSteps = 2 });
        rig.Reauthenticate("1");
        rig.Rig.Packets();
        rig.Continue("2");
        await rig.ExpectDisconnectedAsync(ReasonCode.NotAuthorized);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Receive_ReauthenticationTakesTooLong_IsDisconnected(bool whileAStepRuns)
    {
        var rig = MethodRig.Connected();
        rig.Method.Gate = whileAStepRuns ? new() : null;
        rig.Reauthenticate("1");
        rig.Rig.Packets();
        rig.Rig.Advance(new TimingOptions().ConnectTimeout - TimeSpan.FromMilliseconds(1));
        Assert.True(rig.Rig.Connection.IsOpen);
        rig.Rig.Advance(TimeSpan.FromMilliseconds(1));
        await rig.ExpectDisconnectedAsync(ReasonCode.NotAuthorized);
    }

    [Fact]
    public void Advance_AfterReauthentication_EndsNothing()
    {
        var rig = MethodRig.Connected();
        rig.Reauthenticate("end ann");
        rig.Rig.Packets();
        rig.Rig.Advance(TimeSpan.FromHours(1));
        Assert.True(rig.Rig.Connection.IsOpen);
    }

    [Fact]
    public async Task Close_DuringASlowStep_CancelsIt()
    {
        var rig = MethodRig.Connected();
        rig.Method.Gate = new();
        rig.Reauthenticate("1");
        rig.Rig.Connection.Close(ReasonCode.SessionTakenOver);
        Assert.Equal(ReasonCode.SessionTakenOver, rig.Rig.Disconnect().ReasonCode);
        await rig.Method.WhenCancelled.Task.WaitAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);
        Assert.Equal(ReceiveStatus.Closed, rig.Continue("2"));
    }
}
