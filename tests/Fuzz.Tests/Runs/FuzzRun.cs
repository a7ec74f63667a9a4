using System.Text;
using OrleansBroker.Fuzz.Tests.Generation;

namespace OrleansBroker.Fuzz.Tests.Runs;

/// <summary>Executes a target over and over, keeps what it finds, and says how it went.</summary>
internal sealed class FuzzRun(FuzzTarget target, FuzzOptions options)
{
    private const int MostFindings = 10;

    // The clock is asked and progress told this seldom.
    private const int ClockEvery = 64;

    // Everything that is made once has been made by then.
    private const int WarmUpExecutions = 2_000;

    // Pools, statics and the runtime itself may still grow a little; a leak of 16 bytes for each of 200,000 executions is 3 MiB.
    private const long MaxGrowthBytes = 2 * 1024 * 1024;

    private static readonly TimeSpan ProgressEvery = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, string> _findings = [];

    public long Executions { get; private set; }

    /// <summary>Runs, prints, and fails with every finding.</summary>
    public void Run()
    {
        Console.WriteLine($"fuzz {target.Name}: seed {options.Seed}, first {options.First}");
        var started = TimeProvider.System.GetTimestamp();
        var reported = started;
        var memory = 0L;
        while (Executions < options.Executions && _findings.Count < MostFindings)
        {
            ExecuteOne(options.First + Executions);
            Executions++;
            if (Executions == WarmUpExecutions)
                memory = GC.GetTotalMemory(forceFullCollection: true);
            if (Executions % ClockEvery != 0)
                continue;
            if (options.Time >= TimeSpan.Zero && TimeProvider.System.GetElapsedTime(started) >= options.Time)
                break;
            if (TimeProvider.System.GetElapsedTime(reported) < ProgressEvery)
                continue;
            reported = TimeProvider.System.GetTimestamp();
            Console.WriteLine(Line(started));
        }

        Console.WriteLine(Line(started));
        CheckGrowth(memory);
        Assert.True(_findings.Count == 0, $"{_findings.Count} findings:\n{string.Join('\n', _findings.Values)}");
    }

    private void ExecuteOne(long execution)
    {
        var input = target.Generate(FuzzRandom.Of(options.Seed, execution));
        if (Failure(target, input) is not { } failure || _findings.ContainsKey(KindOf(failure)))
            return;

        var smallest = Minimizer.Minimize(target, input, KindOf(failure));
        var text = new StringBuilder()
            .AppendLine($"{target.Name}: {failure}")
            .AppendLine($"  seed {options.Seed}, execution {execution}, version {input.Version}, choices {input.Seed}")
            .AppendLine($"  input    {Convert.ToHexString(input.Bytes)}")
            .AppendLine($"  smallest {Convert.ToHexString(smallest.Bytes)}")
            .AppendLine($"  which is {Failure(target, smallest)}")
            .ToString();
        var file = FindingFile.Write(target.Name, _findings.Count, text, smallest);
        _findings.Add(KindOf(failure), text);
        Console.WriteLine($"{text}  written to {file}");
    }

    public static string? Failure(FuzzTarget target, FuzzInput input)
    {
        try
        {
            return target.Execute(input);
        }
        catch (Exception thrown)
        {
            // That it throws is the finding.
            return $"{thrown.GetType().Name}: {thrown.Message} {thrown.StackTrace}";
        }
    }

    /// <summary>What is the same for all inputs that show the same fault: the text up to the first colon.</summary>
    public static string KindOf(string failure) => failure.Split(':', 2)[0];

    private string Line(long started)
    {
        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        return $"fuzz {target.Name}: {Executions} executions in {seconds:F1} s, {Executions / seconds:F0}/s, {_findings.Count} findings; {target.Summary()}";
    }

    private void CheckGrowth(long before)
    {
        if (before == 0 || _findings.Count > 0)
            return;
        var growth = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(growth <= MaxGrowthBytes, $"{growth} bytes more are alive than after {WarmUpExecutions} executions");
    }
}
