using System.Text;

namespace OrleansBroker.TestKit;

/// <summary>PUBLISH; the packet identifier is 0 at QoS 0.</summary>
public sealed record PublishFrame(
    string Topic,
    byte[] Payload,
    int QoS,
    int PacketIdentifier,
    bool Retain,
    bool Dup,
    PropertyList Properties)
{
    public string Text => Encoding.UTF8.GetString(Payload);
}
