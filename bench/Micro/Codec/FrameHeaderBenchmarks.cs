using BenchmarkDotNet.Attributes;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Micro.Codec;

/// <summary>Packets cut out of a buffer as a connection's input does it; an operation is one packet.</summary>
public class FrameHeaderBenchmarks
{
    private const int Count = 100;
    private const int PayloadBytes = 100;

    private byte[] _buffer = [];

    [GlobalSetup]
    public void Encode() =>
        _buffer = [.. Enumerable.Repeat(Packets.Publish(ProtocolVersion.Mqtt5, QoS.AtLeastOnce, PayloadBytes), Count).SelectMany(static packet => packet)];

    [Benchmark(OperationsPerInvoke = Count)]
    public int Hundred()
    {
        var consumed = 0;
        while (FrameReader.TryRead(_buffer.AsSpan(consumed), ProtocolVersion.Mqtt5, int.MaxValue, out var header, out _) == DecodeStatus.Done)
            consumed += header.PacketLength;
        return consumed;
    }
}
