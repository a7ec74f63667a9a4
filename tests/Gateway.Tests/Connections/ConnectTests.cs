using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Gateway.Admission;
using OrleansBroker.Gateway.Connections;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Gateway.Tests.Connections;

public sealed class ConnectTests
{
    private static readonly WillPacket Will = new()
    {
        Topic = TopicName.Parse("will/topic"),
        Payload = "gone"u8.ToArray(),
        QoS = QoS.AtLeastOnce,
        Retain = true,
        DelayIntervalSeconds = 7,
        HasMessageExpiryInterval = true,
        MessageExpiryIntervalSeconds = 9,
        ForwardedProperties = [0x01, 0x01],
    };

    [Fact]
    public void Receive_Connect_AnswersConnAckWithLimits()
    {
        var rig = new ConnectionRig();
        rig.Connect();

        var connAck = rig.ConnAck();
        Assert.Equal(ReasonCode.Success, connAck.ReasonCode);
        Assert.False(connAck.SessionPresent);
        Assert.Equal(rig.Limits.ReceiveMaximum, connAck.ReceiveMaximum);
        Assert.Equal((uint)rig.Limits.MaxPacketSize, connAck.MaximumPacketSize);
        Assert.Equal(rig.Limits.MaxTopicAliases, connAck.TopicAliasMaximum);
        Assert.Null(connAck.AssignedClientId);
        Assert.Null(connAck.ServerKeepAliveSeconds);
        Assert.Null(connAck.SessionExpiryIntervalSeconds);
        Assert.True(connAck.RetainAvailable);
        Assert.Equal(ConnectionPhase.Attached, rig.Connection.Phase);
        Assert.True(rig.Registry.TryGet(rig.Connection.ConnectionId, out _));
        Assert.Equal(0, rig.Registry.UnconnectedCount);
    }

    [Theory]
    [InlineData(ProtocolVersion.Mqtt31, new byte[] { 0x20, 2, 0, 0 })]
    [InlineData(ProtocolVersion.Mqtt311, new byte[] { 0x20, 2, 1, 0 })]
    public void Receive_Connect3_AnswersTwoBytes(ProtocolVersion version, byte[] expected)
    {
        var rig = new ConnectionRig();
        rig.Control.ConnAck = new ConnAckPacket { SessionPresent = true };
        rig.Connect(version);

        Assert.Equal(expected, Assert.Single(rig.Packets()));
    }

    [Fact]
    public void Receive_ConnectWithEverything_GivesTheSessionItsParameters()
    {
        var rig = new ConnectionRig(new LimitsOptions { MaxInflight = 20 });
        rig.Connect(with: packet => packet with
        {
            CleanStart = false,
            HasSessionExpiry = true,
            SessionExpiryIntervalSeconds = 300,
            ReceiveMaximum = 30,
            UserName = "user",
            Password = [1],
            Will = Will,
        });

        var parameters = Assert.Single(rig.Control.Connects);
        Assert.Equal("device", parameters.ClientId);
        Assert.False(parameters.CleanStart);
        Assert.Equal(300u, parameters.SessionExpiryIntervalSeconds);
        Assert.Equal(60, parameters.KeepAliveSeconds);
        Assert.Equal(20, parameters.ReceiveMaximum);
        Assert.Equal("user", parameters.UserName);
        var will = Assert.IsType<WillMessage>(parameters.Will);
        Assert.Equal([.. "will/topic"u8, 0x01, 0x01, .. "gone"u8], will.Body);
        Assert.Equal((10, 2, QoS.AtLeastOnce, true, 7u, 9u), (will.TopicLength, will.PropertiesLength, will.QoS, will.Retain, will.DelaySeconds, will.ExpirySeconds));
        var request = Assert.Single(rig.Admission.Requests);
        Assert.Equal(("device", "user", true, (byte)5), (request.ClientId, request.UserName, request.IsLoopback, request.ProtocolVersion));
    }

    [Fact]
    public void Receive_Connect311WithoutCleanSession_AsksForASessionWithoutEnd()
    {
        var rig = ConnectionRig.Connected(ProtocolVersion.Mqtt311, with: packet => packet with { CleanStart = false });
        Assert.Equal(uint.MaxValue, Assert.Single(rig.Control.Connects).SessionExpiryIntervalSeconds);
    }

    [Fact]
    public void Receive_ExpiryAboveTheLimit_IsLoweredAndTold()
    {
        var rig = new ConnectionRig(new LimitsOptions { MaxSessionExpiry = TimeSpan.FromSeconds(100) });
        rig.Connect(with: packet => packet with { HasSessionExpiry = true, SessionExpiryIntervalSeconds = 300 });

        Assert.Equal(100u, Assert.Single(rig.Control.Connects).SessionExpiryIntervalSeconds);
        Assert.Equal(100u, rig.ConnAck().SessionExpiryIntervalSeconds);
    }

    [Theory]
    [InlineData(60, 30, 30)]
    [InlineData(0, 30, 30)]
    [InlineData(20, 20, null)]
    public void Receive_KeepAliveAboveTheLimit_IsLoweredAndTold(int asked, int granted, int? told)
    {
        var rig = new ConnectionRig(new LimitsOptions { MaxKeepAlive = TimeSpan.FromSeconds(30) });
        rig.Connect(with: packet => packet with { KeepAliveSeconds = (ushort)asked });

        Assert.Equal(granted, Assert.Single(rig.Control.Connects).KeepAliveSeconds);
        Assert.Equal(told, (int?)rig.ConnAck().ServerKeepAliveSeconds);
    }

    [Fact]
    public void Receive_KeepAliveAboveTheLimitIn311_StaysAsTheClientKnowsIt()
    {
        var rig = ConnectionRig.Connected(ProtocolVersion.Mqtt311, new LimitsOptions { MaxKeepAlive = TimeSpan.FromSeconds(30) });
        Assert.Equal(60, Assert.Single(rig.Control.Connects).KeepAliveSeconds);
    }

    [Fact]
    public void Receive_RestrictedServer_TellsIt()
    {
        var rig = new ConnectionRig(new LimitsOptions { MaxQoS = 1, MaxRetainedMessages = 0, MaxTopicAliases = 0 });
        rig.Connect();

        var connAck = rig.ConnAck();
        Assert.Equal(QoS.AtLeastOnce, connAck.MaximumQoS);
        Assert.False(connAck.RetainAvailable);
        Assert.Equal(0, connAck.TopicAliasMaximum);
    }

    [Fact]
    public void Receive_EmptyClientId_AssignsDifferentOnesAndTellsThem()
    {
        var rig = new ConnectionRig();
        rig.Connect(with: packet => packet with { ClientId = "" });
        var other = new ConnectionRig();
        other.Connect(with: packet => packet with { ClientId = "" });

        var assigned = rig.ConnAck().AssignedClientId;
        Assert.Equal(Assert.Single(rig.Control.Connects).ClientId, assigned);
        Assert.False(string.IsNullOrEmpty(assigned));
        Assert.NotEqual(assigned, other.ConnAck().AssignedClientId);
    }

    [Fact]
    public void Receive_EmptyClientIdIn311_IsAssignedForCleanSessionsOnly()
    {
        var clean = ConnectionRig.Connected(ProtocolVersion.Mqtt311, with: packet => packet with { ClientId = "" });
        Assert.NotEqual("", Assert.Single(clean.Control.Connects).ClientId);

        var persistent = new ConnectionRig();
        persistent.Connect(ProtocolVersion.Mqtt311, packet => packet with { ClientId = "", CleanStart = false });
        AssertRefused3(persistent, 2);
    }

    [Fact]
    public void Receive_ClientIdTooLong_IsRefused()
    {
        var limits = new LimitsOptions { MaxClientIdBytes = 23 };
        var rig = new ConnectionRig(limits);
        rig.Connect(with: packet => packet with { ClientId = new string('\u00e4', 12) });
        AssertRefused(rig, ReasonCode.ClientIdentifierNotValid);

        var old = new ConnectionRig(limits);
        old.Connect(ProtocolVersion.Mqtt311, packet => packet with { ClientId = new string('a', 24) });
        AssertRefused3(old, 2);
    }

    [Theory]
    [InlineData(AuthenticationOutcome.BadUserNameOrPassword, ReasonCode.BadUserNameOrPassword, 4)]
    [InlineData(AuthenticationOutcome.NotAuthorized, ReasonCode.NotAuthorized, 5)]
    [InlineData(AuthenticationOutcome.Unavailable, ReasonCode.ServerUnavailable, 3)]
    public void Receive_NotAuthenticated_IsRefused(AuthenticationOutcome outcome, ReasonCode reason, byte returnCode)
    {
        var rig = new ConnectionRig();
        rig.Admission.Result = new AuthenticationResult(outcome, null);
        rig.Connect();
        AssertRefused(rig, reason);

        var old = new ConnectionRig();
        old.Admission.Result = new AuthenticationResult(outcome, null);
        old.Connect(ProtocolVersion.Mqtt311);
        AssertRefused3(old, returnCode);
    }

    [Fact]
    public void Receive_AuthenticatorFails_IsRefusedAsUnavailable()
    {
        var rig = new ConnectionRig();
        rig.Admission.Failure = new InvalidOperationException("no directory");
        rig.Connect();
        AssertRefused(rig, ReasonCode.ServerUnavailable);
    }

    [Fact]
    public void Receive_WillTopicNotPermitted_IsRefused()
    {
        var rig = new ConnectionRig();
        rig.Admission.ForbiddenTopics.Add("will/topic");
        rig.Connect(with: packet => packet with { Will = Will });
        AssertRefused(rig, ReasonCode.NotAuthorized);
    }

    [Fact]
    public void Receive_WillBeyondTheLimits_IsRefused()
    {
        var rig = new ConnectionRig(new LimitsOptions { MaxQoS = 0 });
        rig.Connect(with: packet => packet with { Will = Will });
        AssertRefused(rig, ReasonCode.QoSNotSupported);

        rig = new ConnectionRig(new LimitsOptions { MaxRetainedMessages = 0 });
        rig.Connect(with: packet => packet with { Will = Will });
        AssertRefused(rig, ReasonCode.RetainNotSupported);

        rig = new ConnectionRig(new LimitsOptions { RetainAvailable = false });
        rig.Connect(with: packet => packet with { Will = Will });
        AssertRefused(rig, ReasonCode.RetainNotSupported);
    }

    [Fact]
    public void Receive_RetainedWillIn311WithoutRetain_IsAcceptedAsNobodyCouldSayWhy()
    {
        var rig = ConnectionRig.Connected(ProtocolVersion.Mqtt311, new LimitsOptions { RetainAvailable = false }, packet => packet with { Will = Will });
        Assert.NotNull(Assert.Single(rig.Control.Connects).Will);
    }

    [Fact]
    public void Receive_AuthenticationMethod_IsRefused()
    {
        var rig = new ConnectionRig();
        rig.Connect(with: packet => packet with { AuthenticationMethod = "SCRAM-SHA-1" });
        AssertRefused(rig, ReasonCode.BadAuthenticationMethod);
    }

    [Fact]
    public void Receive_ConnectionsAtTheMaximum_IsRefusedUntilOneEnds()
    {
        var first = ConnectionRig.Connected(limits: new LimitsOptions { MaxConnections = 1 });
        var second = new ConnectionRig(sibling: first);
        second.Connect();
        AssertRefused(second, ReasonCode.QuotaExceeded, sessionIsAsked: true);
        var old = new ConnectionRig(sibling: first);
        old.Connect(ProtocolVersion.Mqtt311);
        AssertRefused3(old, 3);

        first.Connection.InputEnded();
        var third = new ConnectionRig(sibling: first);
        third.Connect();
        Assert.Equal(ReasonCode.Success, third.ConnAck().ReasonCode);
        Assert.Equal(1, first.Registry.Count);
    }

    [Fact]
    public void Receive_SessionRefuses_TellsItsReason()
    {
        var rig = new ConnectionRig();
        rig.Control.ConnectAnswer = ReasonCode.ServerUnavailable;
        rig.Connect();
        AssertRefused(rig, ReasonCode.ServerUnavailable, sessionIsAsked: true);
    }

    [Fact]
    public void Receive_SessionFails_IsRefusedAsUnavailable()
    {
        var rig = new ConnectionRig();
        rig.Control.Failure = new TimeoutException();
        rig.Connect(ProtocolVersion.Mqtt311);
        AssertRefused3(rig, 3);
    }

    [Fact]
    public void Receive_WhileConnecting_LeavesFollowingPacketsToTheTransport()
    {
        var rig = new ConnectionRig { Control = { ConnectGate = new TaskCompletionSource() } };
        rig.Connect();
        Assert.Equal(ReceiveStatus.Paused, rig.Send(new(Wire.PingReq), out var consumed));
        Assert.Equal(0, consumed);

        rig.Control.ConnectGate.SetResult();
        Assert.Equal(1, rig.Transport.Resumes);
        rig.Send(Wire.PingReq);
        Assert.Equal([PacketType.ConnAck, PacketType.PingResp], rig.Packets().Select(Wire.TypeOf));
    }

    [Fact]
    public void Publish_BeforeAttached_IsClosedAndNothingOvertakesConnAck()
    {
        // Invariant B18.
        var rig = new ConnectionRig { Control = { ConnectGate = new TaskCompletionSource() } };
        rig.Connect();
        Assert.Equal(SendOutcome.Closed, rig.Connection.Publish(Wire.Outbound(Wire.Message("t", "p"))));
        rig.Connection.Acknowledge(PacketType.PubRel, 1, ReasonCode.Success);
        rig.Connection.SubAck(new SubAckPacket { PacketIdentifier = 1, ReasonCodes = [ReasonCode.GrantedQoS0] });
        Assert.Empty(rig.Packets());

        rig.Control.ConnectGate.SetResult();
        Assert.Equal(SendOutcome.Sent, rig.Connection.Publish(Wire.Outbound(Wire.Message("t", "p"))));
        Assert.Equal([PacketType.ConnAck, PacketType.Publish], rig.Packets().Select(Wire.TypeOf));
    }

    [Fact]
    public void Attached_Twice_AnswersOnce()
    {
        var rig = ConnectionRig.Connected();
        rig.Connection.Attached(rig.Session, new ConnAckPacket());
        Assert.Empty(rig.Packets());
    }

    [Theory]
    [InlineData(new byte[] { 0xC0, 0 })]
    [InlineData(new byte[] { 0x30, 3, 0, 1, 0x74 })]
    [InlineData(new byte[] { 0x00, 0 })]
    [InlineData(new byte[] { 0x16, 0x03, 0x01, 0x02 })]
    public void Receive_FirstPacketIsNotConnect_ClosesWithoutAnswer(byte[] bytes)
    {
        var rig = new ConnectionRig();
        Assert.Equal(ReceiveStatus.Closed, rig.Send(bytes));
        Assert.Empty(rig.Packets());
        Assert.True(rig.Transport.IsCloseAsked);
        Assert.True(rig.Transport.IsOutputEnded);
    }

    [Theory]
    [InlineData(6, new byte[] { 0x20, 3, 0, 0x84 })]
    [InlineData(2, new byte[] { 0x20, 2, 0, 1 })]
    [InlineData(3, new byte[] { 0x20, 2, 0, 1 })]
    public void Receive_UnknownProtocolLevel_AnswersInTheNearestForm(byte level, byte[] start)
    {
        var rig = new ConnectionRig();
        rig.Send(0x10, 13, 0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', level, 2, 0, 60, 0, 1, (byte)'a');
        var packet = Assert.Single(rig.Packets());
        Assert.Equal((start[0], start[2], start[3]), (packet[0], packet[2], packet[3]));
        Assert.True(rig.Transport.IsOutputEnded);
    }

    [Fact]
    public void Receive_MalformedConnect_IsToldToVersion5Only()
    {
        var rig = new ConnectionRig();
        rig.Send(0x10, 13, 0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', 5, 3, 0, 60, 0, 0, 0);
        AssertRefused(rig, ReasonCode.MalformedPacket);

        var old = new ConnectionRig();
        old.Send(0x10, 13, 0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', 4, 3, 0, 60, 0, 1, (byte)'a');
        Assert.Empty(old.Packets());
        Assert.True(old.Transport.IsOutputEnded);
    }

    [Fact]
    public void Receive_ConnectWithPaddedLength_IsMalformedInVersion5Only()
    {
        var rig = new ConnectionRig();
        rig.Send(0x10, 0x8D, 0, 0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', 5, 2, 0, 60, 0, 0, 0);
        AssertRefused(rig, ReasonCode.MalformedPacket);

        var old = new ConnectionRig();
        old.Send(0x10, 0x8D, 0, 0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', 4, 2, 0, 60, 0, 1, (byte)'a');
        Assert.Equal(ConnectionPhase.Attached, old.Connection.Phase);
    }

    [Fact]
    public void Receive_SecondConnect_IsAProtocolError()
    {
        var rig = ConnectionRig.Connected();
        rig.Connect();
        Assert.Equal(ReasonCode.ProtocolError, rig.Disconnect().ReasonCode);
        Assert.Single(rig.Control.Connects);
    }

    [Fact]
    public async Task Attached_ConnAckDoesNotFitTheClient_ClosesAndTellsTheSession()
    {
        var rig = new ConnectionRig();
        rig.Connect(with: packet => packet with { MaximumPacketSize = 5 });
        Assert.Empty(rig.Packets());
        Assert.True(rig.Transport.IsOutputEnded);
        Assert.False((await rig.EndAsync()).PublishWill);
    }

    [Fact]
    public void Sweep_NoConnectInTime_Closes()
    {
        var rig = new ConnectionRig();
        rig.Send(0x10);
        rig.Registry.Sweep(rig.Connection.AcceptedAtMilliseconds - 1, long.MinValue);
        Assert.True(rig.Connection.IsOpen);
        rig.Registry.Sweep(rig.Connection.AcceptedAtMilliseconds, long.MinValue);
        Assert.False(rig.Connection.IsOpen);
        Assert.Empty(rig.Packets());
        Assert.Equal(0, rig.Registry.UnconnectedCount);
    }

    [Fact]
    public async Task Sweep_NoAnswerOfTheSessionInTime_RefusesAndEndsALateAttach()
    {
        var rig = new ConnectionRig { Control = { ConnectGate = new TaskCompletionSource() } };
        rig.Connect(with: packet => packet with { Will = Will });
        rig.Registry.Sweep(long.MaxValue, rig.Connection.AcceptedAtMilliseconds - 1);
        Assert.True(rig.Connection.IsOpen);
        rig.Registry.Sweep(long.MaxValue, rig.Connection.AcceptedAtMilliseconds);
        AssertRefused(rig, ReasonCode.ServerUnavailable, sessionIsAsked: true);

        rig.Control.ConnectGate.SetResult();
        Assert.False((await rig.EndAsync()).PublishWill);
    }

    [Fact]
    public async Task Sweep_AuthenticatorHangs_CancelsIt()
    {
        var rig = new ConnectionRig { Admission = { Gate = new TaskCompletionSource() } };
        rig.Connect();
        rig.Registry.Sweep(long.MaxValue, long.MaxValue);
        await rig.Connection.ControlIdleAsync();
        AssertRefused(rig, ReasonCode.ServerUnavailable);
    }

    [Fact]
    public async Task InputEnded_WhileConnecting_TellsTheSessionAfterIts()
    {
        var rig = new ConnectionRig { Control = { ConnectGate = new TaskCompletionSource() } };
        rig.Connect();
        rig.Connection.InputEnded();
        Assert.Empty(rig.Control.Ends);
        rig.Control.ConnectGate.SetResult();
        Assert.True((await rig.EndAsync()).PublishWill);
        Assert.Empty(rig.Packets());
    }

    private static void AssertRefused(ConnectionRig rig, ReasonCode reason, bool sessionIsAsked = false)
    {
        var connAck = rig.ConnAck();
        Assert.Equal(reason, connAck.ReasonCode);
        Assert.Equal(sessionIsAsked, rig.Control.Connects.Count > 0);
        AssertClosed(rig);
    }

    private static void AssertRefused3(ConnectionRig rig, byte returnCode)
    {
        Assert.Equal([0x20, 2, 0, returnCode], Assert.Single(rig.Packets()));
        AssertClosed(rig);
    }

    private static void AssertClosed(ConnectionRig rig)
    {
        Assert.True(rig.Transport.IsOutputEnded);
        Assert.Equal(ReceiveStatus.Closed, rig.Send(Wire.PingReq));
        Assert.Empty(rig.Packets());
        Assert.False(rig.Registry.TryGet(rig.Connection.ConnectionId, out _));
        Assert.Equal(0, rig.Registry.UnconnectedCount);
    }
}
