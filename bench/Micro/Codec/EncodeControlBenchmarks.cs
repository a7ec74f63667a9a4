using BenchmarkDotNet.Attributes;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Micro.Codec;

/// <summary>What the broker answers with, written into the output of a connection.</summary>
public class EncodeControlBenchmarks
{
    private const int DestinationBytes = 256;

    // Not constants and not readonly: what is known when the code is compiled would be written by then.
    private byte[] _destination = [];
    private ProtocolVersion _version311;
    private ProtocolVersion _version5;
    private ushort _packetIdentifier;

    private readonly ConnAckPacket _connAck = new() { SessionPresent = true, ReceiveMaximum = 1_000, TopicAliasMaximum = 32 };

    [GlobalSetup]
    public void Prepare()
    {
        _destination = new byte[DestinationBytes];
        _packetIdentifier = 7;
        (_version311, _version5) = (ProtocolVersion.Mqtt311, ProtocolVersion.Mqtt5);
    }

    [Benchmark]
    public int PubAck311() => PacketEncoder.WriteAck(_destination, _version311, PacketType.PubAck, _packetIdentifier, ReasonCode.Success);

    [Benchmark]
    public int PubAck5() => PacketEncoder.WriteAck(_destination, _version5, PacketType.PubAck, _packetIdentifier, ReasonCode.Success);

    [Benchmark]
    public int PubRecWithReason5() => PacketEncoder.WriteAck(_destination, _version5, PacketType.PubRec, _packetIdentifier, ReasonCode.QuotaExceeded);

    [Benchmark]
    public int ConnAck5() => PacketEncoder.Write(_destination, _connAck, _version5);
}
