namespace OrleansBroker.Gateway.Admission.Enhanced;

/// <summary>A method of enhanced authentication (MQTT5 section 4.12). One for the whole gateway, asked from any thread.</summary>
public interface IAuthenticationMethod
{
    /// <summary>What a client names in Authentication Method; compared by bytes.</summary>
    string Name { get; }

    /// <summary>Begins an exchange with one client: at CONNECT, and at each re-authentication. Does no work yet.</summary>
    /// <param name="request">User name and password are those of the CONNECT, for the method to use or not; null in a re-authentication.</param>
    IAuthenticationExchange Start(AuthenticationRequest request);
}
