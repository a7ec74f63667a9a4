namespace OrleansBroker.Grains.Nodes;

/// <summary>What a gateway asks about the rest of its cluster. Any thread.</summary>
public interface IClusterContact
{
    /// <summary>Another gateway is there that does not stop: a client may go there.</summary>
    bool HasOtherGateway { get; }

    /// <summary>
    /// A core, and half of the other nodes, have answered lately. With fewer, those may be the ones that are cut off. A core that is alone is in touch with itself.
    /// </summary>
    bool IsInTouch { get; }

    /// <summary>Asks the other nodes for a sign of life; returns at once. Repeating it costs nothing while a node has not answered.</summary>
    void Ask();
}
