namespace OrleansBroker.Silo.CommandLine;

/// <summary>Where the password command gets the password from.</summary>
internal interface IPasswordPrompt
{
    /// <summary>The password; null when there is none, or when it was typed differently the second time.</summary>
    string? Read(string userName);
}
