using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Mqtt.Tests.Cases;

/// <summary>One packet of the shared table.</summary>
/// <param name="Expected">The decoded value; null with a violation.</param>
/// <param name="EncodesBack">Encoding <paramref name="Expected"/> gives <paramref name="Bytes"/>: false where the bytes say a default explicitly.</param>
internal sealed record PacketCase(
    string Name, ProtocolVersion Version, PacketSender Sender, byte[] Bytes, object? Expected, SpecViolation Violation, bool EncodesBack)
{
    public override string ToString() => $"{Name} ({Version})";
}
