namespace OrleansBroker.Storage.Journals;

/// <summary>A store cannot be used as it is, and repeating changes nothing: the message says what to do.</summary>
public sealed class StoreRefusedException : Exception
{
    public StoreRefusedException(string message)
        : base(message)
    {
    }

    public StoreRefusedException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
