using System.Diagnostics;

namespace OrleansBroker.Scale;

/// <summary>The process at one moment, with nothing left to collect.</summary>
internal readonly record struct Footprint(long HeapBytes, long ResidentBytes)
{
    public static Footprint Take()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        using var process = Process.GetCurrentProcess();
        return new Footprint(GC.GetTotalMemory(forceFullCollection: false), process.WorkingSet64);
    }

    /// <summary>Processor time of the whole process until now, the collector's included.</summary>
    public static TimeSpan CpuNow()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }
}
