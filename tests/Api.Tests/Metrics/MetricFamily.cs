namespace OrleansBroker.Api.Tests.Metrics;

/// <summary>One metric of a scrape with all its samples.</summary>
/// <param name="Name">As Prometheus knows it, without a histogram's <c>_bucket</c>, <c>_sum</c> and <c>_count</c>.</param>
/// <param name="Type"><c>counter</c>, <c>gauge</c> or <c>histogram</c>.</param>
internal sealed record MetricFamily(string Name, string Type, string Meaning, IReadOnlyList<MetricSample> Samples)
{
    /// <summary>Names of the labels, a bucket's bound left out, each with its values in the order of the scrape.</summary>
    public IEnumerable<(string Label, string[] Values)> Labels => Samples
        .SelectMany(static sample => sample.Labels)
        .Where(static label => label.Key != "le")
        .GroupBy(static label => label.Key)
        .Select(static label => (label.Key, label.Select(static each => each.Value).Distinct().ToArray()));

    /// <summary>The sum of the samples that have these labels, such as <c>qos=1</c>.</summary>
    public double Value(params string[] labels)
    {
        var wanted = labels.Select(static label => label.Split('=')).ToList();
        return Samples.Where(sample => wanted.All(label => sample.Labels.GetValueOrDefault(label[0]) == label[1])).Sum(static sample => sample.Value);
    }
}

internal sealed record MetricSample(string Name, IReadOnlyDictionary<string, string> Labels, double Value);
