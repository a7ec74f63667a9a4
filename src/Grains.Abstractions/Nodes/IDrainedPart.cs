namespace OrleansBroker.Grains.Nodes;

/// <summary>A part of a node that is emptied before the node stops, while everything still runs. Parts are emptied one after the other, in the order of their registration.</summary>
public interface IDrainedPart
{
    /// <summary>Returns when the part is empty, or as empty as it will be: what is left goes with the node.</summary>
    /// <param name="time">What it may take; then <paramref name="cancellation"/> is set.</param>
    Task DrainAsync(TimeSpan time, CancellationToken cancellation);
}
