using BenchmarkDotNet.Attributes;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Micro.Codec;

/// <summary>A PUBLISH read in place: fixed header, topic, properties (in 5.0), payload.</summary>
public class DecodePublishBenchmarks
{
    private byte[] _packet = [];

    [Params(ProtocolVersion.Mqtt311, ProtocolVersion.Mqtt5)]
    public ProtocolVersion Version { get; set; }

    [Params(100, 4096)]
    public int PayloadBytes { get; set; }

    [GlobalSetup]
    public void Encode() => _packet = Packets.Publish(Version, QoS.AtLeastOnce, PayloadBytes);

    [Benchmark]
    public int Publish()
    {
        FrameReader.TryRead(_packet, Version, int.MaxValue, out var header, out _);
        PacketDecoder.DecodePublish(Version, header.Flags, _packet.AsSpan(header.HeaderLength), out var packet);
        return packet.Payload.Length;
    }
}
