namespace OrleansBroker.Grains.Nodes;

/// <summary>This node's numbers that a walk of all its sessions finds.</summary>
public interface INodeFigures
{
    /// <summary>Returns when there are numbers no older than so; that is at once while there are.</summary>
    Task RefreshAsync(TimeSpan maxAge);
}
