namespace OrleansBroker.Gateway.Admission.Passwords;

/// <summary>One user of a password file: <c>USER:HASH</c>.</summary>
public sealed record PasswordRecord(string UserName, PasswordHash Hash)
{
    private const char Separator = ':';

    /// <summary>Why a name cannot stand in the file; null when it can.</summary>
    public static string? RefuseUserName(string userName)
    {
        if (userName.Length == 0)
            return "a user name is not empty.";
        if (userName[0] == '#' || userName.Contains(Separator, StringComparison.Ordinal) || userName.Any(char.IsControl) || userName.Trim() != userName)
            return "a user name has no ':', no control characters, no space around it, and does not begin with '#'.";
        return null;
    }

    /// <exception cref="AdmissionFileException">The line is no record.</exception>
    internal static PasswordRecord Parse(string path, int line, string text)
    {
        int separator = text.IndexOf(Separator, StringComparison.Ordinal);
        if (separator < 0)
            throw new AdmissionFileException(path, line, "a line must be USER:HASH; orleans-broker password writes it.");
        string userName = text[..separator];
        if (RefuseUserName(userName) is { } refused)
            throw new AdmissionFileException(path, line, refused);
        var hash = PasswordHash.Parse(text.AsSpan(separator + 1).TrimEnd(), out string reason);
        return hash is null ? throw new AdmissionFileException(path, line, reason) : new(userName, hash);
    }

    public override string ToString() => $"{UserName}{Separator}{Hash}";
}
