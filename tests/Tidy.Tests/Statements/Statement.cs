using OrleansBroker.TestKit;

namespace OrleansBroker.Tidy.Tests.Statements;

/// <summary>A numbered normative statement: a line of a list in <c>docs/spec</c>.</summary>
/// <param name="Identifier">With the version in front, as <c>MQTT5-3.1.2-22</c>.</param>
/// <param name="Binds">server, client, both or informative. Both: the other side must also see when it is broken.</param>
/// <param name="Summary">What it says, in our own words.</param>
internal sealed record Statement(string Identifier, string Binds, string Summary)
{
    private static readonly string[] Lists = ["mqtt5.tsv", "mqtt311.tsv"];

    private static readonly Lazy<IReadOnlyList<Statement>> Known = new(() =>
        [.. Lists.SelectMany(list => File.ReadLines(Repository.PathOf("docs", "spec", list))).Select(Parse)]);

    /// <summary>Those of 5.0, then those of 3.1.1, each in the standard's order.</summary>
    public static IReadOnlyList<Statement> All => Known.Value;

    public string Version => Identifier[..Identifier.IndexOf('-', StringComparison.Ordinal)];

    public string Chapter => Identifier[(Version.Length + 1)..Identifier.IndexOf('.', StringComparison.Ordinal)];

    /// <summary>What the broker does or refuses: it needs code and a test.</summary>
    public bool BindsServer => Binds is "server" or "both";

    private static Statement Parse(string line)
    {
        var fields = line.Split('\t');
        Assert.True(fields.Length == 3, $"not identifier, binds, summary: {line}");
        return new Statement(fields[0], fields[1], fields[2]);
    }
}
