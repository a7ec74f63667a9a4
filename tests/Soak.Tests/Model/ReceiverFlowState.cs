namespace OrleansBroker.Soak.Tests.Model;

/// <summary>Where a <see cref="ReceiverFlow"/> stands.</summary>
internal enum ReceiverFlowState
{
    /// <summary>PUBLISH came, nothing was answered.</summary>
    Received,

    /// <summary>QoS 2: PUBREC has left.</summary>
    Recorded,

    /// <summary>QoS 2: PUBREL came, PUBCOMP is to leave.</summary>
    Released,

    /// <summary>PUBACK or PUBCOMP has left.</summary>
    Done,
}
