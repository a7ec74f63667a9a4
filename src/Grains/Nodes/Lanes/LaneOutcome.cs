namespace OrleansBroker.Grains.Nodes.Lanes;

/// <summary>What a lane says to an item.</summary>
internal enum LaneOutcome : byte
{
    Taken,

    /// <summary>Above the bound, and the item may be dropped.</summary>
    Full,

    /// <summary>The silo is dead: the item needs another way.</summary>
    Broken,
}
