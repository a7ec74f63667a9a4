using System.Diagnostics;
using System.Globalization;

namespace OrleansBroker.Durable;

/// <summary>What some processes have used so far, children included in what they wrote.</summary>
internal readonly record struct ProcessSample(long Timestamp, long Messages, TimeSpan Cpu, long WrittenBytes, long ResidentBytes)
{
    public static ProcessSample Of(int[] processes, long messages)
    {
        var (cpu, written, resident) = (TimeSpan.Zero, 0L, 0L);
        foreach (var id in processes)
        {
            using var process = Process.GetProcessById(id);
            cpu += process.TotalProcessorTime;
            resident += process.WorkingSet64;
            written += File.ReadLines($"/proc/{id}/io").Where(static line => line.StartsWith("write_bytes:", StringComparison.Ordinal))
                .Sum(static line => long.Parse(line["write_bytes:".Length..], CultureInfo.InvariantCulture));
        }

        return new ProcessSample(Stopwatch.GetTimestamp(), messages, cpu, written, resident);
    }
}
