using System.Text;
using OrleansBroker.TestKit;

namespace OrleansBroker.Api.Tests.Metrics;

/// <summary>docs/metrics.md against what a running broker exposes.</summary>
public sealed class MetricsDocumentTests
{
    private const string Begin = "<!-- The tables are written by the tests: UPDATE_DOCS=1 dotnet test --project tests/Api.Tests -->\n";
    private const string End = "<!-- End of the tables -->\n";
    private const string Head = "| name | type | unit | labels | meaning |\n|---|---|---|---|---|\n";
    private const string OwnPrefix = "broker_";

    /// <summary>Ours are all there from the start, each with every value that its labels can have, whether there is anything to count or not: so a new reason for drops must be in the document.</summary>
    [Fact]
    public async Task Document_OwnMetrics_AreThoseOfARunningBroker()
    {
        var scrape = await ScrapeOfAUsedBrokerAsync();
        var own = Table(scrape.Families.Where(IsOwn).Select(family => Row(family, withValues: true)));
        var (document, begin, end) = Read();
        var others = OthersIn(document[begin..end]).Union(scrape.Families.Where(static family => !IsOwn(family) && family.Name != "target_info").Select(family => Row(family, withValues: false)), StringComparer.Ordinal);
        // By name: a row that is there already may say more.
        others = others.GroupBy(NameOf).Select(static same => same.First());

        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
            await File.WriteAllTextAsync(PathOfDocument, document[..begin] + "\n### The broker's own\n\n" + own + "\n### Those of Orleans, of .NET and of the HTTP server\n\n" + Table(others) + "\n" + document[end..], TestContext.Current.CancellationToken);
        else
            Assert.Contains("\n### The broker's own\n\n" + own + "\n", document[begin..end], StringComparison.Ordinal);
    }

    /// <summary>Of the others some show themselves only when there is something to tell: what shows must be in the document.</summary>
    [Fact]
    public async Task Document_OtherMetricsOfARunningBroker_AreInIt()
    {
        var scrape = await ScrapeOfAUsedBrokerAsync();
        var (document, begin, end) = Read();
        var known = OthersIn(document[begin..end]).Select(NameOf).ToHashSet(StringComparer.Ordinal);
        Assert.Empty(scrape.Families.Where(static family => !IsOwn(family) && family.Name != "target_info").Select(static family => family.Name).Except(known));
        // What is always there is there.
        Assert.Superset(new HashSet<string>(["dotnet_gc_collections_total", "orleans_catalog_activations", "http_server_request_duration_seconds"]), scrape.Families.Select(static family => family.Name).ToHashSet());
    }

    private static string PathOfDocument => Repository.PathOf("docs", "metrics.md");

    /// <summary>With a durable session that was written to and an acknowledged message, so that the histograms have something.</summary>
    private static async Task<Scrape> ScrapeOfAUsedBrokerAsync()
    {
        await using var broker = await BrokerProcess.StartAsync();
        using var http = Scrape.ClientOf(broker);
        await using var client = await RawClient.ConnectAsync(broker.Tcp, ConnectRequest.Persistent(MqttVersion.V50, "c"));
        await client.SubscribeAsync("t", 1);
        await client.PublishAsync("t", "x", 1);
        return await Scrape.UntilAsync(http, static scrape =>
            scrape["broker_puback_duration_seconds"].Samples.Count > 0 && scrape["broker_journal_commit_duration_seconds"].Samples.Count > 0 && scrape["http_server_request_duration_seconds"].Samples.Count > 0);
    }

    private static (string Document, int Begin, int End) Read()
    {
        var document = File.ReadAllText(PathOfDocument);
        var begin = document.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var end = document.IndexOf(End, StringComparison.Ordinal);
        Assert.InRange(begin, Begin.Length, end);
        return (document, begin, end);
    }

    private static bool IsOwn(MetricFamily family) => family.Name.StartsWith(OwnPrefix, StringComparison.Ordinal);

    private static IEnumerable<string> OthersIn(string tables) =>
        tables.Split('\n').Where(static line => line.StartsWith("| `", StringComparison.Ordinal) && !line.StartsWith("| `" + OwnPrefix, StringComparison.Ordinal));

    private static string NameOf(string row) => row.Split('`')[1];

    private static string Table(IEnumerable<string> rows) => Head + string.Concat(rows.Order(StringComparer.Ordinal).Select(static row => row + "\n"));

    private static string Row(MetricFamily family, bool withValues) =>
        $"| `{family.Name}` | {family.Type} | {UnitOf(family)} | {LabelsOf(family, withValues)} | {(family.Meaning.Length == 0 ? "–" : family.Meaning.Replace("|", "\\|", StringComparison.Ordinal))} |";

    private static string UnitOf(MetricFamily family)
    {
        var name = family.Name.EndsWith("_total", StringComparison.Ordinal) ? family.Name[..^"_total".Length] : family.Name;
        return name.EndsWith("_bytes", StringComparison.Ordinal) ? "bytes" : name.EndsWith("_seconds", StringComparison.Ordinal) ? "seconds" : "–";
    }

    private static string LabelsOf(MetricFamily family, bool withValues)
    {
        var text = new StringBuilder();
        foreach (var (label, values) in family.Labels)
        {
            text.Append(text.Length == 0 ? "" : "; ").Append('`').Append(label).Append('`');
            if (withValues) text.Append(": ").AppendJoin(", ", values.Select(static value => $"`{value}`"));
        }

        return text.Length == 0 ? "–" : text.ToString();
    }
}
