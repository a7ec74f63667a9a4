using System.Globalization;
using System.Text.RegularExpressions;
using OrleansBroker.TestKit;

namespace OrleansBroker.Api.Tests.Metrics;

/// <summary>What <c>/metrics</c> has answered, read as Prometheus reads it.</summary>
internal sealed partial class Scrape
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Dictionary<string, MetricFamily> _families;

    private Scrape(IEnumerable<MetricFamily> families) => _families = families.ToDictionary(static family => family.Name);

    public IEnumerable<MetricFamily> Families => _families.Values;

    public MetricFamily this[string name] => _families.TryGetValue(name, out var family) ? family : new MetricFamily(name, "", "", []);

    public static async Task<Scrape> ReadAsync(HttpClient http)
    {
        using var answer = await http.GetAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
        Assert.Equal("text/plain", answer.Content.Headers.ContentType?.MediaType);
        return Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Again until it is so: an answer serves for some hundred milliseconds, a walk of all sessions for two seconds.</summary>
    public static async Task<Scrape> UntilAsync(HttpClient http, Func<Scrape, bool> isSo)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            var scrape = await ReadAsync(http);
            if (isSo(scrape)) return scrape;
            Assert.False(limit.IsCancellationRequested, "What was to be measured is not: " + string.Join('\n', scrape.Families.SelectMany(static family => family.Samples)));
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public static HttpClient ClientOf(BrokerProcess broker) => new() { BaseAddress = new Uri($"http://{broker.Http!.Host}:{broker.Http.PortText}") };

    private static Scrape Parse(string text)
    {
        var meanings = new Dictionary<string, string>();
        var types = new Dictionary<string, string>();
        var samples = new List<MetricSample>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Comment().Match(line) is { Success: true } comment) (comment.Groups["what"].Value == "HELP" ? meanings : types)[comment.Groups["name"].Value] = comment.Groups["text"].Value;
            else if (!line.StartsWith('#')) samples.Add(ParseSample(line));
        }

        return new Scrape(types.Select(type => new MetricFamily(type.Key, type.Value, meanings.GetValueOrDefault(type.Key, ""), [.. samples.Where(sample => IsOf(type, sample.Name))])));
    }

    private static bool IsOf(KeyValuePair<string, string> type, string sample) =>
        sample == type.Key || (type.Value == "histogram" && sample.StartsWith(type.Key, StringComparison.Ordinal) && sample[type.Key.Length..] is "_bucket" or "_sum" or "_count");

    private static MetricSample ParseSample(string line)
    {
        var match = Sample().Match(line);
        Assert.True(match.Success, $"no sample: {line}");
        var labels = Label().Matches(match.Groups["labels"].Value).ToDictionary(static label => label.Groups["name"].Value, static label => label.Groups["value"].Value);
        return new MetricSample(match.Groups["name"].Value, labels, double.Parse(match.Groups["value"].Value.Replace("+Inf", "Infinity", StringComparison.Ordinal), CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"^# (?<what>HELP|TYPE) (?<name>\S+) (?<text>.*)$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>.*)\})? (?<value>\S+)( \d+)?$")]
    private static partial Regex Sample();

    [GeneratedRegex(@"(?<name>[a-zA-Z_][a-zA-Z0-9_]*)=""(?<value>(\\.|[^""\\])*)""")]
    private static partial Regex Label();
}
