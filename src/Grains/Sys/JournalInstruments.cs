using System.Diagnostics.Metrics;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Sys;

/// <summary>What only each commit by itself can tell.</summary>
internal sealed class JournalInstruments(BrokerMeter meter)
{
    private readonly Histogram<double> _duration = meter.Meter.CreateHistogram(
        "broker.journal.commit.duration", "s", "From a commit's call to the store's answer; every commit, failed ones excepted.", tags: null, Buckets.Seconds);

    private readonly Histogram<int> _rows = meter.Meter.CreateHistogram(
        "broker.journal.commit.rows", "{row}", "Rows of a commit: one for each session or shard that it writes for.", tags: null, Buckets.Counts);

    public void Committed(JournalCommit commit)
    {
        _duration.Record(commit.Took.TotalSeconds);
        _rows.Record(commit.Rows);
    }
}
