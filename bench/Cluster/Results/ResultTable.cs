using System.Globalization;
using System.Text.Json;

namespace OrleansBroker.Cluster.Results;

/// <summary>Results for people, as a table in Markdown, and for programs, as JSON.</summary>
internal static class ResultTable
{
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static string Header =>
        "| fault | dropped with their gateway / otherwise | deaf | acknowledged | lost | refused / unanswered | doubled at QoS 1 / 2 | out of order | pairs affected | first delivery s median / max | pause s median / max | recovered s | p99 ms before / during / after |\n"
        + "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|";

    public static string Row(FaultResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {result.Meaning} | {result.DroppedWithGateway:N0} / {result.DroppedOtherwise:N0} | {result.Deaf:N0} | {result.Acknowledged:N0} | {result.Lost} | {string.Join(", ", result.Refused.Select(static reason => $"{reason.Value} ({reason.Key})").DefaultIfEmpty("0"))} / {result.Unanswered} | {result.DoubledAtQoS1} / {result.DoubledAtQoS2} | {result.Disordered} | {result.Affected} of {result.Pairs} | {result.FirstMedian / 1000:N2} / {result.FirstMax / 1000:N2} | {result.PauseMedian / 1000:N2} / {result.PauseMax / 1000:N2} | {result.RecoveredMax / 1000:N2} | {result.P99Before:N0} / {result.P99During:N0} / {result.P99After:N0} |");

    public static Task SaveAsync(FaultOptions options, IReadOnlyList<FaultResult> results)
    {
        var all = new { options.Gateways, options.Cores, options.Idle, options.Pairs, options.Rate, options.Before, options.After, Results = results };
        return File.WriteAllTextAsync(options.Json!, JsonSerializer.Serialize(all, Format) + "\n");
    }
}
