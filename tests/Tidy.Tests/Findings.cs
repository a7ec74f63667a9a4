namespace OrleansBroker.Tidy.Tests;

/// <summary>Fails a test with every finding, one a line, so that all are mended at once.</summary>
internal static class Findings
{
    public static void AssertNone(IEnumerable<string> findings)
    {
        var all = findings.Order(StringComparer.Ordinal).ToList();
        Assert.True(all.Count == 0, $"{all.Count} findings:\n{string.Join('\n', all)}");
    }
}
