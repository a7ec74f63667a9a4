using OrleansBroker.Cluster.Load;
using OrleansBroker.Cluster.Nodes;

namespace OrleansBroker.Cluster.Results;

/// <summary>What came of a fault. Times in milliseconds.</summary>
/// <param name="Connections">Of the crowd and the pairs.</param>
/// <param name="DroppedWithGateway">Connections that ended with a gateway that was killed or stopped.</param>
/// <param name="DroppedOtherwise">Connections that ended although their gateway was left alone.</param>
/// <param name="Deaf">Idle connections that get no message afterwards.</param>
/// <param name="Refused">Messages that were answered by a reason code that says no, by reason code.</param>
/// <param name="Unanswered">Messages that were neither acknowledged nor refused at the end.</param>
/// <param name="Affected">Pairs without an arrival for more than <see cref="PairTimes.Late"/>.</param>
/// <param name="FirstMedian">Of the affected pairs, as all that follow but the p99s.</param>
internal sealed record FaultResult(
    string Fault, string Meaning, double FaultSeconds, int Connections, int DroppedWithGateway, int DroppedOtherwise, int Deaf, int UnansweredPings,
    int Acknowledged, IReadOnlyDictionary<string, int> Refused, int Unanswered, int Lost, int DoubledAtQoS1, int DoubledAtQoS2, int Disordered,
    int Pairs, int Affected, double FirstMedian, double FirstMax, double PauseMedian, double PauseMax, double RecoveredMax, double P99Before, double P99During, double P99After)
{
    private const int CalmSeconds = 10;

    /// <summary>Nothing acknowledged is lost, doubled at QoS 2 or out of order, and nobody hangs.</summary>
    public bool KeepsPromises => Lost == 0 && DoubledAtQoS2 == 0 && Disordered == 0 && Unanswered == 0 && Deaf == 0;

    public static FaultResult Of(Fault fault, RunningNodes nodes, IdleCrowd crowd, int deaf, Pair[] pairs, FaultTimes times)
    {
        PairTimes[] affected = [.. pairs.Select(pair => PairTimes.Of(pair, times)).Where(static pair => pair.IsAffected)];
        var calm = CalmSeconds * TimeProvider.System.TimestampFrequency;
        var afterwards = Math.Max(times.Ended, times.Stopped - calm);
        return new FaultResult(
            fault.Name, fault.Meaning, PairTimes.Milliseconds(times.Began, times.Ended) / 1000, crowd.Connected + (2 * pairs.Length), nodes.DroppedWithGateway, nodes.DroppedOtherwise, deaf, crowd.UnansweredPings,
            pairs.Sum(static pair => pair.Publisher.Acknowledged.Count), Refusals(pairs), pairs.Sum(static pair => pair.Publisher.Unanswered), pairs.Sum(static pair => pair.Lost),
            Doubled(pairs, qos: 1), Doubled(pairs, qos: 2), pairs.Sum(static pair => pair.Subscriber.Disordered),
            pairs.Length, affected.Length, Median(affected, static pair => pair.First), Max(affected, static pair => pair.First),
            Median(affected, static pair => pair.Pause), Max(affected, static pair => pair.Pause), Max(affected, static pair => pair.Recovered),
            Latencies.P99(pairs, times.Began - calm, times.Began), Latencies.P99(pairs, times.Began, afterwards), Latencies.P99(pairs, afterwards, times.Stopped));
    }

    private static Dictionary<string, int> Refusals(Pair[] pairs) =>
        pairs.SelectMany(static pair => pair.Publisher.Refused).GroupBy(static reason => $"0x{reason:X2}").ToDictionary(static same => same.Key, static same => same.Count());

    private static int Doubled(Pair[] pairs, int qos) => pairs.Where(pair => pair.Kind.QoS == qos).Sum(static pair => pair.Subscriber.Doubled);

    private static double Max(PairTimes[] pairs, Func<PairTimes, double> value) => pairs.Length == 0 ? 0 : pairs.Max(value);

    private static double Median(PairTimes[] pairs, Func<PairTimes, double> value) => pairs.Length == 0 ? 0 : pairs.Select(value).Order().ElementAt(pairs.Length / 2);
}
