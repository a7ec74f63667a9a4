namespace OrleansBroker.Gateway.Admission.Passwords;

/// <summary>Changes one user of a password file.</summary>
public static class PasswordFileWriter
{
    /// <summary>Adds the user or replaces the hash; makes the file when it is not there.</summary>
    /// <returns>Whether the user is new.</returns>
    /// <exception cref="AdmissionFileException">The file, or its folder, cannot be used.</exception>
    public static bool Set(string path, PasswordRecord record) => !Rewrite(path, record.UserName, record);

    /// <summary>Removes the user.</summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="AdmissionFileException">The file cannot be used.</exception>
    public static bool Remove(string path, string userName) => Rewrite(path, userName, replacement: null);

    // True when the user was there.
    private static bool Rewrite(string path, string userName, PasswordRecord? replacement)
    {
        bool found = false;
        AdmissionFile.Rewrite(path, mayBeMissing: replacement is not null, lines => found = Replace(lines, path, userName, replacement));
        return found;
    }

    // Comments and order stay; whatever stands in the file must be a password file.
    private static bool Replace(List<string> lines, string path, string userName, PasswordRecord? replacement)
    {
        int at = -1;
        for (int i = 0; i < lines.Count; i++)
        {
            if (!AdmissionFile.IsBlank(lines[i]) && PasswordRecord.Parse(path, i + 1, lines[i]).UserName == userName)
                at = i;
        }
        if (at >= 0)
            lines.RemoveAt(at);
        if (replacement is not null)
            lines.Insert(at >= 0 ? at : lines.Count, replacement.ToString());
        return at >= 0;
    }
}
