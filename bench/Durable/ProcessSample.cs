using System.Diagnostics;
using System.Globalization;

namespace OrleansBroker.Durable;

/// <summary>What the broker and the server of its store have used so far.</summary>
/// <param name="WrittenBytes">To disks, by both.</param>
internal readonly record struct ProcessSample(long Timestamp, long Messages, TimeSpan Cpu, TimeSpan ServerCpu, long WrittenBytes, long ResidentBytes)
{
    public static ProcessSample Of(int broker, int server, long messages)
    {
        var (cpu, written, resident) = Of(broker);
        var serverCpu = TimeSpan.Zero;
        foreach (var id in server == 0 ? [] : Family(server))
        {
            var (its, bytes, _) = Of(id);
            serverCpu += its;
            written += bytes;
        }

        return new ProcessSample(Stopwatch.GetTimestamp(), messages, cpu, serverCpu, written, resident);
    }

    private static (TimeSpan Cpu, long Written, long Resident) Of(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            var written = File.ReadLines($"/proc/{id}/io").First(static line => line.StartsWith("write_bytes:", StringComparison.Ordinal))["write_bytes:".Length..];
            return (process.TotalProcessorTime, long.Parse(written, CultureInfo.InvariantCulture), process.WorkingSet64);
        }
        catch (Exception gone) when (gone is ArgumentException or IOException or InvalidOperationException)
        {
            return default;
        }
    }

    /// <summary>The process and its children, as PostgreSQL's are one for each connection.</summary>
    private static IEnumerable<int> Family(int root)
    {
        yield return root;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && ParentOf(id) == root) yield return id;
        }
    }

    private static int ParentOf(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
