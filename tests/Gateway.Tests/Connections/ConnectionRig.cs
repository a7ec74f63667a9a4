using System.Buffers;
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Gateway.Admission.Enhanced;
using OrleansBroker.Gateway.Connections;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Time;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Tests.Connections;

/// <summary>A connection with everything around it faked, driven with bytes.</summary>
internal sealed class ConnectionRig
{
    /// <param name="sibling">Shares everything but the connection itself.</param>
    public ConnectionRig(LimitsOptions? limits = null, ConnectionRig? sibling = null, ILogger<ConnectionLog>? log = null, AuthenticationMethods? methods = null)
    {
        Limits = limits ?? sibling?.Limits ?? new LimitsOptions();
        Time = sibling?.Time ?? new FakeTimeProvider();
        Registry = sibling?.Registry ?? new ConnectionRegistry();
        Clock = sibling?.Clock ?? new BrokerClock(Time);
        Counters = sibling?.Counters ?? new BrokerCounters();
        Admission = sibling?.Admission ?? new FakeAdmission();
        Control = sibling?.Control ?? new FakeSessionControl();
        Router = sibling?.Router ?? new FakeRouter();
        Services = sibling?.Services ?? new GatewayServices(
            Clock, Limits, new TimingOptions(), Admission, Admission, Control, Router, Counters, Registry, new ConnectionLog(log ?? NullLogger<ConnectionLog>.Instance, Time),
            methods);
        Transport = new FakeTransport();
        Connection = new Connection(Registry.NextId(), ConnectionOrigin.Of(new IPEndPoint(IPAddress.Loopback, 1234)), Services, Transport);
        Transport.Connection = Connection;
        Assert.True(Registry.Accepted(Connection, int.MaxValue));
    }

    public LimitsOptions Limits { get; }

    public FakeTimeProvider Time { get; }

    public BrokerClock Clock { get; }

    public BrokerCounters Counters { get; }

    public FakeAdmission Admission { get; }

    public FakeSessionControl Control { get; }

    public FakeRouter Router { get; }

    public ConnectionRegistry Registry { get; }

    public GatewayServices Services { get; }

    public FakeTransport Transport { get; }

    public Connection Connection { get; }

    public FakeSession Session => Control.Session;

    public ProtocolVersion Version { get; private set; } = ProtocolVersion.Mqtt5;

    /// <summary>A rig whose client is connected, its CONNACK already taken.</summary>
    public static ConnectionRig Connected(ProtocolVersion version = ProtocolVersion.Mqtt5, LimitsOptions? limits = null, Func<ConnectPacket, ConnectPacket>? with = null)
    {
        var rig = new ConnectionRig(limits);
        rig.Connect(version, with);
        Assert.Equal(ConnectionPhase.Attached, rig.Connection.Phase);
        rig.Transport.TakeWritten();
        return rig;
    }

    /// <summary>For <c>with</c>: a client that wants no Reason Strings, so that answers are what they are in every byte.</summary>
    public static ConnectPacket WithoutReasonStrings(ConnectPacket packet) => packet with { RequestProblemInformation = false };

    public void Connect(ProtocolVersion version = ProtocolVersion.Mqtt5, Func<ConnectPacket, ConnectPacket>? with = null)
    {
        Version = version;
        var packet = new ConnectPacket { Version = version, ClientId = "device", CleanStart = true, KeepAliveSeconds = 60 };
        Send(with is null ? packet : with(packet));
    }

    public ReceiveStatus Send(ControlPacket packet)
    {
        var bytes = new byte[PacketEncoder.Measure(packet, Version)];
        PacketEncoder.Write(bytes, packet, Version);
        return Send(bytes);
    }

    /// <summary>One turn of the transport's loop with these bytes and nothing before them.</summary>
    public ReceiveStatus Send(params byte[] bytes) => Send(new ReadOnlySequence<byte>(bytes), out _);

    public ReceiveStatus Send(in ReadOnlySequence<byte> bytes, out long consumed)
    {
        OutputTurn.Begin();
        try
        {
            return Connection.Receive(bytes, out consumed);
        }
        finally
        {
            OutputTurn.End();
        }
    }

    public ReceiveStatus SendPublish(
        string topic, QoS qos = QoS.AtMostOnce, ushort id = 1, string payload = "payload", bool retain = false, ushort alias = 0, uint? expiry = null, byte[]? properties = null) =>
        Send(Wire.Publish(Version, topic, qos, id, payload, retain, alias, expiry, properties));

    public List<byte[]> Packets() => Transport.TakePackets();

    /// <summary>The only packet that was written, decoded as CONNACK.</summary>
    public ConnAckPacket ConnAck()
    {
        var packet = Assert.Single(Packets());
        Assert.Equal(PacketType.ConnAck, (PacketType)(packet[0] >> 4));
        Assert.Equal(SpecViolation.None, PacketDecoder.DecodeConnAck(Version, Wire.Body(packet), out var connAck));
        return connAck!;
    }

    /// <summary>The only packet that was written, decoded as DISCONNECT.</summary>
    public DisconnectPacket Disconnect()
    {
        var packet = Assert.Single(Packets());
        Assert.Equal(PacketType.Disconnect, (PacketType)(packet[0] >> 4));
        Assert.Equal(SpecViolation.None, PacketDecoder.DecodeDisconnect(Version, PacketSender.Server, Wire.Body(packet), out var disconnect));
        return disconnect!;
    }

    /// <summary>The end that the session was told.</summary>
    public async Task<ConnectionEnd> EndAsync()
    {
        await Connection.ControlIdleAsync();
        return Assert.Single(Control.Ends);
    }

    public void Advance(TimeSpan time) => Time.Advance(time);
}
