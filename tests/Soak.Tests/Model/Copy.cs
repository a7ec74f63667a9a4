namespace OrleansBroker.Soak.Tests.Model;

/// <summary>A message that a session received: once for each flow, a redelivery of the same flow is not another copy.</summary>
internal sealed record Copy(long MessageId, string Topic, Delivery Delivery, long Stamp, int PacketIdentifier, bool Dup)
{
    /// <summary>The broker has certainly read the acknowledgement.</summary>
    public bool IsAcknowledged { get; set; }

    public override string ToString() => $"{Stamps.Text(Stamp)} message {MessageId} {Topic} {Delivery} id={PacketIdentifier} dup={Dup}";
}
