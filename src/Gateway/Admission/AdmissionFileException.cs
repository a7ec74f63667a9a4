namespace OrleansBroker.Gateway.Admission;

/// <summary>A password or authorization file cannot be read or is not what it should be. The message names file, line and reason, never a secret.</summary>
public sealed class AdmissionFileException : Exception
{
    public AdmissionFileException(string message)
        : base(message)
    {
    }

    public AdmissionFileException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <param name="line">From 1.</param>
    public AdmissionFileException(string path, int line, string reason)
        : base($"{path}, line {line}: {reason}")
    {
    }
}
