using System.Text;
using OrleansBroker.Broker.Options;
using OrleansBroker.Gateway.Connections;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Tests.Connections;

/// <summary>A connection of a client that authenticates by <see cref="FakeMethod"/>.</summary>
internal sealed class MethodRig
{
    public MethodRig(LimitsOptions? limits = null) => Rig = new ConnectionRig(limits, methods: new([Method]));

    public FakeMethod Method { get; } = new();

    public ConnectionRig Rig { get; }

    public static MethodRig Connected(LimitsOptions? limits = null)
    {
        var rig = new MethodRig(limits);
        rig.Connect("end ann");
        Assert.Equal(ConnectionPhase.Attached, rig.Rig.Connection.Phase);
        rig.Rig.Transport.TakeWritten();
        return rig;
    }

    public void Connect(string? data, Func<ConnectPacket, ConnectPacket>? with = null) => Rig.Connect(with: packet =>
    {
        var named = packet with { AuthenticationMethod = Method.Name, AuthenticationData = Bytes(data) };
        return with is null ? named : with(named);
    });

    public ReceiveStatus Send(ReasonCode reason, string? data, string? method = null) =>
        Rig.Send(new AuthPacket { ReasonCode = reason, AuthenticationMethod = method ?? Method.Name, AuthenticationData = Bytes(data) });

    public ReceiveStatus Continue(string? data) => Send(ReasonCode.ContinueAuthentication, data);

    public ReceiveStatus Reauthenticate(string? data) => Send(ReasonCode.ReAuthenticate, data);

    /// <summary>The only packet that was written, an AUTH.</summary>
    public void ExpectAuth(ReasonCode reason, string? data)
    {
        var packet = Assert.Single(Rig.Packets());
        Assert.Equal(PacketType.Auth, Wire.TypeOf(packet));
        Assert.Equal(SpecViolation.None, PacketDecoder.DecodeAuth(ProtocolVersion.Mqtt5, PacketSender.Server, Wire.Body(packet), out var auth));
        Assert.Equal((reason, Method.Name, data), (auth!.ReasonCode, auth.AuthenticationMethod, Text(auth.AuthenticationData)));
    }

    /// <summary>The only packet that was written is a CONNACK that refuses, and the connection is closed without a word to the session.</summary>
    public async Task ExpectRefusedAsync(ReasonCode reason)
    {
        Assert.Equal(reason, Rig.ConnAck().ReasonCode);
        await ExpectGoneAsync();
    }

    /// <summary>The session has heard nothing, and nothing is left of the exchange.</summary>
    public async Task ExpectGoneAsync()
    {
        await Rig.Connection.ControlIdleAsync();
        Assert.True(Rig.Transport.IsOutputEnded);
        Assert.Empty(Rig.Control.Connects);
        Assert.Empty(Rig.Control.Ends);
        Assert.Equal(Method.Requests.Count, Method.Disposed);
        Assert.Equal((0, 0), (Rig.Registry.Count, Rig.Registry.UnconnectedCount));
    }

    /// <summary>The only packet that was written is a DISCONNECT, and the session publishes the will.</summary>
    public async Task ExpectDisconnectedAsync(ReasonCode reason)
    {
        Assert.Equal(reason, Rig.Disconnect().ReasonCode);
        var end = await Rig.EndAsync();
        Assert.True(end.PublishWill);
        Assert.Equal(reason, end.Reason);
    }

    public static string? Text(byte[]? data) => data is null ? null : Encoding.UTF8.GetString(data);

    private static byte[]? Bytes(string? data) => data is null ? null : Encoding.UTF8.GetBytes(data);
}
