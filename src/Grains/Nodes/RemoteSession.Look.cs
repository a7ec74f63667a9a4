namespace OrleansBroker.Grains.Nodes;

/// <summary>What others are told of the connection.</summary>
internal sealed partial class RemoteSession
{
    /// <param name="withSubscriptions">They are copied.</param>
    public HeldLook Look(bool withSubscriptions)
    {
        lock (_gate)
        {
            var subscriptions = withSubscriptions && !_held.IsDurable ? _held.Subscriptions.ToArray() : null;
            return new HeldLook(_connection, _held.Parameters, _held.Incarnation, _held.Epoch, _held.OutboundCount, subscriptions);
        }
    }
}
