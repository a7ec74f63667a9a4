namespace OrleansBroker.Grains.Sessions;

/// <summary>A gateway has the client's connection and has not handed it to this activation yet: what is delivered waits and is tried again, in order.</summary>
[GenerateSerializer, Alias("broker.SessionAwaited")]
public sealed class SessionAwaitedException : Exception
{
    public SessionAwaitedException()
    {
    }

    public SessionAwaitedException(string clientId)
        : base($"The connection of session '{clientId}' has not been handed over yet.")
    {
    }

    public SessionAwaitedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
