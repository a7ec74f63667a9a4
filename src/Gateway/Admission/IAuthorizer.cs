namespace OrleansBroker.Gateway.Admission;

/// <summary>Decides what a client may publish and subscribe to. Asked once for each connection, from any thread; the answer serves as long as it lives.</summary>
public interface IAuthorizer
{
    /// <param name="clientId">The client's own or the assigned one.</param>
    ConnectionPermissions For(ClientIdentity identity, string clientId);
}
