using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using Perfolizer.Horology;

namespace OrleansBroker.Micro;

/// <summary>How everything here is measured: time and bytes an operation, on the job below unless the command line names another.</summary>
internal sealed class MicroConfig : ManualConfig
{
    private const int WarmUps = 4;

    // 10 × 250 ms, and about as much for warming up: five seconds a benchmark, four minutes all.
    private const int Iterations = 10;

    private static readonly TimeInterval IterationTime = TimeInterval.FromMilliseconds(250);

    public MicroConfig()
    {
        AddJob(Job.Default.WithWarmupCount(WarmUps).WithIterationCount(Iterations).WithIterationTime(IterationTime).AsDefault());
        AddDiagnoser(MemoryDiagnoser.Default);
        AddColumnProvider(DefaultColumnProviders.Instance);
        AddExporter(MarkdownExporter.GitHub);
        AddLogger(ConsoleLogger.Default);
        HideColumns(Column.Gen0, Column.Gen1, Column.Gen2);
        ArtifactsPath = Path.Combine(RepositoryRoot(), "artifacts", "micro");
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "OrleansBroker.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? Directory.GetCurrentDirectory();
    }
}
