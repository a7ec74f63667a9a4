using BenchmarkDotNet.Running;

namespace OrleansBroker.Micro;

/// <summary>Runs what <c>--filter</c> names; see CONTRIBUTING.md.</summary>
internal static class Program
{
    private const string Quick = "--quick";

    private static int Main(string[] args)
    {
        var ran = false;
        foreach (var summary in BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run([.. args.Where(static arg => arg != Quick)], new MicroConfig(args.Contains(Quick))))
        {
            ran = true;
            if (summary.HasCriticalValidationErrors || summary.Reports.Any(static report => !report.Success))
                return 1;
        }

        // A filter that names nothing is a mistake; listing runs nothing by intent.
        return ran || args.Contains("--list") || args.Contains("--help") ? 0 : 1;
    }
}
