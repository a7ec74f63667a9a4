namespace OrleansBroker.Grains.Sessions;

/// <summary>The store did not answer in time: what is only there is not known.</summary>
public sealed class StoreUnreachableException : TimeoutException
{
    public StoreUnreachableException()
    {
    }

    public StoreUnreachableException(string message)
        : base(message)
    {
    }

    public StoreUnreachableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
