using BenchmarkDotNet.Attributes;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Micro.Codec;

/// <summary>The bodies of the other packets that clients send, in 5.0.</summary>
public class DecodeControlBenchmarks
{
    private const ProtocolVersion Version = ProtocolVersion.Mqtt5;

    private byte[] _pingReq = [];
    private byte[] _pubAck = [];
    private byte[] _subscribe = [];
    private byte[] _connect = [];

    [GlobalSetup]
    public void Encode()
    {
        _pingReq = Packets.BodyOf(PacketEncoder.PingReq.ToArray());
        _pubAck = new byte[PacketEncoder.AckLength(Version, ReasonCode.Success)];
        PacketEncoder.WriteAck(_pubAck, Version, PacketType.PubAck, 7, ReasonCode.Success);
        _pubAck = Packets.BodyOf(_pubAck);
        _subscribe = Packets.BodyOf(Packets.Encode(
            new SubscribePacket { PacketIdentifier = 1, Requests = [new SubscriptionRequest("plant/17/#", QoS.AtLeastOnce)] }, Version));
        _connect = Packets.BodyOf(Packets.Encode(
            new ConnectPacket { Version = Version, ClientId = "sensor-17-42", CleanStart = true, KeepAliveSeconds = 60, UserName = "sensor", Password = "secret"u8.ToArray() },
            Version));
    }

    [Benchmark]
    public SpecViolation PubAck() => PacketDecoder.DecodeAck(Version, PacketType.PubAck, _pubAck, out _);

    [Benchmark]
    public SpecViolation PingReq() => PacketDecoder.DecodePing(_pingReq);

    [Benchmark]
    public SubscribePacket? Subscribe()
    {
        PacketDecoder.DecodeSubscribe(Version, _subscribe, out var packet);
        return packet;
    }

    [Benchmark]
    public ConnectPacket? Connect()
    {
        PacketDecoder.DecodeConnect(_connect, out var packet);
        return packet;
    }
}
