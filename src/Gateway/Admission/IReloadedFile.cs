namespace OrleansBroker.Gateway.Admission;

/// <summary>A file whose content is in force while the program runs. One caller at a time reloads.</summary>
public interface IReloadedFile
{
    string Path { get; }

    /// <summary>What is in force, for the log: "12 users".</summary>
    string Content { get; }

    /// <summary>Reads the file again if it is another one than last time. Once for each change: a file that cannot be used is not tried again.</summary>
    /// <returns>Whether there is new content.</returns>
    /// <exception cref="AdmissionFileException">The file cannot be used; the old content stays in force.</exception>
    bool ReloadIfChanged();
}
