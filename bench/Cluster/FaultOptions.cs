using System.Globalization;

namespace OrleansBroker.Cluster;

/// <summary>What is to be run.</summary>
/// <param name="Idle">Connections that only keep alive, with a subscription each.</param>
/// <param name="Rate">Messages a second of each pair.</param>
/// <param name="Before">Seconds under load before the fault.</param>
/// <param name="After">Seconds under load after the fault's end.</param>
/// <param name="Json">Where the results go too, or null.</param>
/// <param name="Logs">Folder for what the nodes print, or null.</param>
internal sealed record FaultOptions(int Gateways, int Cores, int Idle, int Pairs, int Rate, int Before, int After, string? Json, string? Logs, IReadOnlyList<Fault> Faults)
{
    /// <summary>Null for arguments that are none.</summary>
    public static FaultOptions? Parse(string[] arguments)
    {
        var numbers = new Dictionary<string, int> { ["--gateways"] = 3, ["--cores"] = 3, ["--idle"] = 15_000, ["--pairs"] = 60, ["--rate"] = 20, ["--before"] = 10, ["--after"] = 20 };
        var texts = new Dictionary<string, string?> { ["--json"] = null, ["--logs"] = null };
        var faults = new List<Fault>();
        for (var i = 0; i < arguments.Length; i++)
        {
            if (!arguments[i].StartsWith("--", StringComparison.Ordinal))
            {
                if (Fault.All.FirstOrDefault(fault => fault.Name == arguments[i]) is not { } fault) return null;
                faults.Add(fault);
            }
            else if (i + 1 < arguments.Length && texts.ContainsKey(arguments[i]))
            {
                texts[arguments[i]] = arguments[++i];
            }
            else if (i + 1 < arguments.Length && numbers.ContainsKey(arguments[i]) && int.TryParse(arguments[i + 1], CultureInfo.InvariantCulture, out var number))
            {
                numbers[arguments[i++]] = number;
            }
            else
            {
                return null;
            }
        }

        return new FaultOptions(
            numbers["--gateways"], numbers["--cores"], numbers["--idle"], numbers["--pairs"], numbers["--rate"], numbers["--before"], numbers["--after"],
            texts["--json"], texts["--logs"], faults.Count > 0 ? faults : Fault.All);
    }
}
