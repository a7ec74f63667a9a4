using OrleansBroker.Cluster.Load;

namespace OrleansBroker.Cluster.Results;

/// <summary>From when a message was due to its arrival.</summary>
internal static class Latencies
{
    /// <summary>Of messages that were due in a span of time; milliseconds, 0 for none.</summary>
    public static double P99(Pair[] pairs, long from, long to)
    {
        List<double> all = [];
        foreach (var pair in pairs)
        {
            all.AddRange(
                from arrival in pair.Subscriber.Arrivals
                let due = pair.DueAt(arrival.Number)
                where due >= @from && due < to
                select PairTimes.Milliseconds(due, arrival.At));
        }

        all.Sort();
        return all.Count == 0 ? 0 : all[(int)((all.Count - 1) * 0.99)];
    }
}
