using System.Globalization;

namespace OrleansBroker.Fuzz.Tests.Program;

/// <summary>What a process holds, as Linux tells it; nothing elsewhere.</summary>
internal static class ProcessUsage
{
    public static bool IsKnown => OperatingSystem.IsLinux();

    public static long ResidentBytes(int processId)
    {
        var line = File.ReadLines($"/proc/{processId}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    /// <summary>Open files and sockets.</summary>
    public static int Handles(int processId) => Directory.EnumerateFileSystemEntries($"/proc/{processId}/fd").Count();
}
