namespace OrleansBroker.Grains.Nodes;

/// <summary>Whether this node's store answers. Any thread.</summary>
public interface IStoreContact
{
    /// <summary>Null while the store is reached; otherwise what is wrong, when it has been so for some seconds: for an operator, without secrets.</summary>
    string? Trouble { get; }
}
