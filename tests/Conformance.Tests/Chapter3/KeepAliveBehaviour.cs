namespace OrleansBroker.Conformance.Tests.Chapter3;

/// <summary>What a client does with its connection.</summary>
public enum KeepAliveBehaviour
{
    PingsOnly,
    PublishesOnly,

    /// <summary>Gets deliveries at QoS 1 and sends their PUBACKs: life.</summary>
    ReceivesAndAcknowledges,

    /// <summary>Gets deliveries at QoS 0 and sends nothing: silence.</summary>
    ReceivesOnly,

    /// <summary>Sends a PUBLISH byte by byte that never ends: silence.</summary>
    SendsHalfAPacket,
    Silent,
}
