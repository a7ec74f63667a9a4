namespace OrleansBroker.Grains.Nodes.Lanes;

/// <summary>What lanes have before them, and what they have sent from their start on.</summary>
/// <param name="WaitingItems">In no call yet.</param>
/// <param name="Batches">Calls that the other silo has answered, as are the items and bytes in them.</param>
internal readonly record struct LaneLoad(long WaitingItems, long WaitingBytes, long Batches, long Items, long Bytes)
{
    public static LaneLoad operator +(LaneLoad left, LaneLoad right) => new(
        left.WaitingItems + right.WaitingItems, left.WaitingBytes + right.WaitingBytes, left.Batches + right.Batches, left.Items + right.Items, left.Bytes + right.Bytes);
}
