namespace OrleansBroker.Broker.Outcomes;

/// <summary>What one connection moved in one direction during one turn: collected without sharing, counted at once.</summary>
public struct Traffic
{
    /// <summary>Control packets of any type.</summary>
    public int Packets;

    /// <summary>Bytes of all packets.</summary>
    public int Bytes;

    /// <summary>PUBLISH packets among them.</summary>
    public int Publications;

    /// <summary>Payload bytes of these.</summary>
    public int PublicationBytes;
}
