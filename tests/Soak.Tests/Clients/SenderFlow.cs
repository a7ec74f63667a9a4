using OrleansBroker.Soak.Tests.Model;

namespace OrleansBroker.Soak.Tests.Clients;

/// <summary>A message of QoS 1 or 2 on its way from the client to the broker.</summary>
internal sealed class SenderFlow(int packetIdentifier, Message message, Attempt attempt)
{
    public int PacketIdentifier { get; } = packetIdentifier;

    public Message Message { get; } = message;

    public Attempt Attempt { get; set; } = attempt;

    /// <summary>PUBREC came.</summary>
    public bool IsRecorded { get; set; }

    /// <summary>PUBREL has left on the present connection.</summary>
    public bool IsReleased { get; set; }

    /// <summary>PUBREL has left on more than one connection: the broker may not know the identifier any more.</summary>
    public bool IsReleasedAgain { get; set; }
}
