using System.Diagnostics;

namespace OrleansBroker.Durable;

/// <summary>What was measured. Messages are those that were acknowledged to their publishers.</summary>
internal sealed record DurableResult(double PerSecond, double P50Milliseconds, double P99Milliseconds, double CpuMicroseconds, double ServerCpuMicroseconds, double WrittenBytes, double ResidentMegabytes, bool IsWhole)
{
    public static DurableResult Of(in ProcessSample before, in ProcessSample after, List<long> latencies, bool isWhole)
    {
        latencies.Sort();
        var messages = Math.Max(1, after.Messages - before.Messages);
        var seconds = Stopwatch.GetElapsedTime(before.Timestamp, after.Timestamp).TotalSeconds;
        return new DurableResult(
            messages / seconds,
            At(latencies, 0.50),
            At(latencies, 0.99),
            (after.Cpu - before.Cpu).TotalMicroseconds / messages,
            (after.ServerCpu - before.ServerCpu).TotalMicroseconds / messages,
            (double)(after.WrittenBytes - before.WrittenBytes) / messages,
            after.ResidentBytes / 1e6,
            isWhole);
    }

    public string ToString(IFormatProvider format) => string.Create(
        format, $"{PerSecond:N0} msg/s, PUBACK p50 {P50Milliseconds:N2} ms p99 {P99Milliseconds:N2} ms, broker {CpuMicroseconds:N2} us/msg, server {ServerCpuMicroseconds:N1} us/msg, {WrittenBytes:N0} B written/msg, {ResidentMegabytes:N0} MB{(IsWhole ? "" : ", NOT ALL DELIVERED")}");

    private static double At(List<long> sorted, double part) =>
        sorted.Count == 0 ? 0 : Stopwatch.GetElapsedTime(0, sorted[(int)((sorted.Count - 1) * part)]).TotalMilliseconds;
}
