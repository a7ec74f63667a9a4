using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace OrleansBroker.Micro;

/// <summary>
/// How everything here is measured: time and bytes an operation, in this process. BenchmarkDotNet's own way, a process for each, builds a project of its own, which it
/// wants to be named as the assembly is; and a million filters would be made anew for each.
/// </summary>
internal sealed class MicroConfig : ManualConfig
{
    // 10 × 250 ms, and half as much for warming up: seven seconds a benchmark with all around it, seven minutes all.
    private const int WarmUps = 4;
    private const int Iterations = 10;

    private const int QuickWarmUps = 1;
    private const int QuickIterations = 3;

    private static readonly TimeInterval IterationTime = TimeInterval.FromMilliseconds(250);
    private static readonly TimeInterval QuickIterationTime = TimeInterval.FromMilliseconds(50);

    /// <param name="isQuick">Whether it works and in what order of magnitude, in a tenth of the time.</param>
    public MicroConfig(bool isQuick)
    {
        AddJob(Job.Default
            .WithToolchain(InProcessEmitToolchain.Instance)
            .WithWarmupCount(isQuick ? QuickWarmUps : WarmUps)
            .WithIterationCount(isQuick ? QuickIterations : Iterations)
            .WithIterationTime(isQuick ? QuickIterationTime : IterationTime));
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
