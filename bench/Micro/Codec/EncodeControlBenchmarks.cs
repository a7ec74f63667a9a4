using BenchmarkDotNet.Attributes;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Micro.Codec;

/// <summary>What the broker answers with, written into the output of a connection.</summary>
public class EncodeControlBenchmarks
{
    private const int DestinationBytes = 256;

    private readonly byte[] _destination = new byte[DestinationBytes];
    private readonly ConnAckPacket _connAck = new() { SessionPresent = true, ReceiveMaximum = 1_000, TopicAliasMaximum = 32 };

    [Benchmark]
    public int PubAck311() => PacketEncoder.WriteAck(_destination, ProtocolVersion.Mqtt311, PacketType.PubAck, 7, ReasonCode.Success);

    [Benchmark]
    public int PubAck5() => PacketEncoder.WriteAck(_destination, ProtocolVersion.Mqtt5, PacketType.PubAck, 7, ReasonCode.Success);

    [Benchmark]
    public int PubRecWithReason5() => PacketEncoder.WriteAck(_destination, ProtocolVersion.Mqtt5, PacketType.PubRec, 7, ReasonCode.QuotaExceeded);

    [Benchmark]
    public int ConnAck5() => PacketEncoder.Write(_destination, _connAck, ProtocolVersion.Mqtt5);
}
