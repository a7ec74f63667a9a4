namespace OrleansBroker.Soak.Tests.Model;

/// <summary>A QoS 1 or 2 message on its way to a session: what the client has seen and answered.</summary>
internal sealed class ReceiverFlow(Copy copy, int connection, long place)
{
    public int PacketIdentifier => Copy.PacketIdentifier;

    public int QoS => Copy.Delivery.QoS;

    public Copy Copy { get; } = copy;

    /// <summary>Among all flows of the session, in the order in which they began.</summary>
    public long Place { get; } = place;

    /// <summary>The connection on which the PUBLISH came last.</summary>
    public int Connection { get; set; } = connection;

    /// <summary>The connection on which PUBREL came last; 0: none.</summary>
    public int ReleasedOn { get; set; }

    public ReceiverFlowState State { get; set; }

    /// <summary>The connection on which the last answer left, and its place among that connection's answers.</summary>
    public (int Connection, long Place) Answered { get; set; }
}
