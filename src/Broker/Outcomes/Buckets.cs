using System.Diagnostics.Metrics;

namespace OrleansBroker.Broker.Outcomes;

/// <summary>Upper bounds of the histograms' buckets.</summary>
public static class Buckets
{
    /// <summary>Seconds, 0.1 ms to 10 s: an acknowledgement out of memory takes 0.1 ms, a store that cannot be reached is waited for that long.</summary>
    public static InstrumentAdvice<double> Seconds { get; } =
        new() { HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] };

    /// <summary>1 to 1,024, in powers of two.</summary>
    public static InstrumentAdvice<int> Counts { get; } = new() { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024] };
}
