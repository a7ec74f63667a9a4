namespace OrleansBroker.Gateway.Admission;

/// <summary>What one connection may do. Called by the connection's own loop, one call at a time; allocates nothing (a topic seen for the first time
/// may grow a buffer). What is refused gets 0x87.</summary>
public abstract class ConnectionPermissions
{
    /// <param name="topic">A valid topic name, UTF-8, aliases resolved. Not retained.</param>
    public abstract bool MayPublish(ReadOnlySpan<byte> topic);

    /// <param name="filter">A valid topic filter, UTF-8, without <c>$share/NAME/</c>. Not retained.</param>
    public abstract bool MaySubscribe(ReadOnlySpan<byte> filter);
}
