namespace OrleansBroker.Grains.Sessions;

/// <summary>A connection of this silo.</summary>
internal sealed class LocalActivity(IGatewayConnection connection) : IActivityProbe
{
    public bool TryRead(out long lastPacketMilliseconds)
    {
        lastPacketMilliseconds = connection.LastPacketMilliseconds;
        return true;
    }
}
