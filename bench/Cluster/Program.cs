using OrleansBroker.Cluster.Results;

namespace OrleansBroker.Cluster;

/// <summary>
/// Faults under load: a cluster of real processes with numbered publishers and subscribers and a crowd of idle connections, and what they see of each fault. A table on stdout.
/// <c>Cluster [--gateways 3] [--cores 3] [--idle 15000] [--pairs 60] [--rate 20] [--before 10] [--after 20] [--json FILE] [FAULT...]</c>
/// </summary>
internal static class Program
{
    public static async Task<int> Main(string[] arguments)
    {
        if (FaultOptions.Parse(arguments) is not { } options)
        {
            await Console.Error.WriteLineAsync(
                $"usage: Cluster [--gateways N] [--cores N] [--idle N] [--pairs N] [--rate PER_SECOND] [--before S] [--after S] [--json FILE] [--logs FOLDER] [FAULT...]\nfaults: {string.Join(' ', Fault.All.Select(static fault => fault.Name))}");
            return 2;
        }

        var results = new List<FaultResult>();
        Console.WriteLine(ResultTable.Header);
        foreach (var fault in options.Faults)
        {
            results.Add(await new FaultRun(options, fault).RunAsync());
            Console.WriteLine(ResultTable.Row(results[^1]));
            if (options.Json is not null) await ResultTable.SaveAsync(options, results);
        }

        return results.All(static result => result.KeepsPromises) ? 0 : 1;
    }
}
