namespace OrleansBroker.Soak.Tests.Model;

/// <summary>A QoS 1 or 2 message on its way to a session: what the client has seen and answered.</summary>
internal sealed class ReceiverFlow(int packetIdentifier, int qos, Copy copy, int connection)
{
    public int PacketIdentifier { get; } = packetIdentifier;

    public int QoS { get; } = qos;

    public Copy Copy { get; } = copy;

    /// <summary>The connection on which the PUBLISH came last.</summary>
    public int Connection { get; set; } = connection;

    /// <summary>The connection on which PUBREL came last; 0: none.</summary>
    public int ReleasedOn { get; set; }

    public ReceiverFlowState State { get; set; }

    /// <summary>The connection on which the last answer left, and its place among that connection's answers.</summary>
    public (int Connection, long Place) Answered { get; set; }
}
