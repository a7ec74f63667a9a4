namespace OrleansBroker.Grains.Nodes.Lanes;

/// <summary>What a lane carries: kinds do not hold each other up. The numbers are a wired contract.</summary>
internal enum LaneKind : byte
{
    /// <summary>Publications to the silo of their shard.</summary>
    Shard = 0,

    /// <summary>Deliveries to the silo of their session.</summary>
    Session = 1,

    /// <summary>What a client answers, and its QoS 2 messages, to the silo of its session.</summary>
    Client = 2,

    /// <summary>Everything for a connection, to its gateway.</summary>
    Connection = 3,

    /// <summary>What is done, to who waits for it.</summary>
    Done = 4,
}
