namespace OrleansBroker.Grains.Sessions;

/// <summary>Another activation has opened the session's journal: what waited for a commit here will never be committed.</summary>
[GenerateSerializer, Alias("broker.JournalFenced")]
public sealed class JournalFencedException : Exception
{
    public JournalFencedException()
    {
    }

    public JournalFencedException(string clientId)
        : base($"The journal of session '{clientId}' has another owner.")
    {
    }

    public JournalFencedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
