using BenchmarkDotNet.Attributes;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Micro.Codec;

/// <summary>A PUBLISH written into the output of a connection, its payload copied; and one that is only patched for another subscriber.</summary>
public class EncodePublishBenchmarks
{
    private byte[] _destination = [];
    private byte[] _payload = [];
    private byte[] _properties = [];

    [Params(ProtocolVersion.Mqtt311, ProtocolVersion.Mqtt5)]
    public ProtocolVersion Version { get; set; }

    [Params(100, 4096)]
    public int PayloadBytes { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _destination = Packets.Publish(Version, QoS.AtLeastOnce, PayloadBytes);
        _payload = new byte[PayloadBytes];
        _properties = Version == ProtocolVersion.Mqtt5 ? Packets.Properties : [];
    }

    [Benchmark]
    public int Publish() => PacketEncoder.WritePublish(
        _destination, Version, QoS.AtLeastOnce, false, false, Packets.Topic, 7, _properties, false, 0, [], _payload);

    [Benchmark]
    public void Patch() => PacketEncoder.PatchPublish(_destination, false, 8);
}
