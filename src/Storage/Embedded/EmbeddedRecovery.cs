using System.Text.RegularExpressions;

namespace OrleansBroker.Storage.Embedded;

/// <summary>What RocksDB left out when it opened: it says so in its own log only.</summary>
internal static partial class EmbeddedRecovery
{
    private const string LogFile = "LOG";

    public static void Report(EmbeddedStoreOptions options)
    {
        if (options.Recovered is null) return;
        var log = System.IO.Path.Combine(options.Path, LogFile);
        if (!File.Exists(log)) return;
        using var stream = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (Dropped().Match(line) is { Success: true } found) options.Recovered(found.Value);
        }
    }

    [GeneratedRegex(@"[^\s:]+: dropping \d+ bytes.*")]
    private static partial Regex Dropped();
}
