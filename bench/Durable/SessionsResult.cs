namespace OrleansBroker.Durable;

/// <summary>What the sessions took.</summary>
internal sealed record SessionsResult(int Sessions, double Seconds, double CpuMicroseconds, double ResidentMegabytes)
{
    public string ToString(IFormatProvider format) =>
        string.Create(format, $"{Sessions:N0} durable sessions with a subscription each in {Seconds:N1} s, broker {CpuMicroseconds:N0} us each, {ResidentMegabytes:N0} MB");
}
