using System.Runtime.InteropServices;

namespace OrleansBroker.Grains.Leases;

/// <summary>
/// The clock of a lease: it also counts while the machine sleeps, when the lease in the store runs on. The system's timers do not, so a lease is looked at by this clock and
/// never by a timer. Where the system has no such clock it is the one of <see cref="System.Diagnostics.Stopwatch"/>.
/// </summary>
internal sealed partial class BootTime : TimeProvider
{
    private const int ClockBootTime = 7; // CLOCK_BOOTTIME
    private const long NanosecondsPerSecond = 1_000_000_000;

    private BootTime()
    {
    }

    public override long TimestampFrequency => NanosecondsPerSecond;

    /// <summary>The clock of a lease in place of the system's; any other, a test's, stays what it is.</summary>
    public static TimeProvider Of(TimeProvider time) => time == System && OperatingSystem.IsLinux() ? new BootTime() : time;

    public override long GetTimestamp() =>
        GetTime(ClockBootTime, out var time) == 0 ? (time.Seconds * NanosecondsPerSecond) + time.Nanoseconds : throw new InvalidOperationException("The system has no clock that counts its sleep.");

    [LibraryImport("libc", EntryPoint = "clock_gettime"), SuppressGCTransition]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetTime(int clock, out Timespec time);

    /// <summary>struct timespec: two machine words.</summary>
    private readonly struct Timespec
    {
        public readonly nint Seconds;
        public readonly nint Nanoseconds;
    }
}
