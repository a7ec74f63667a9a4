using OrleansBroker.Fuzz.Tests.Generation;

namespace OrleansBroker.Fuzz.Tests.Runs;

/// <summary>What is fuzzed.</summary>
internal abstract class FuzzTarget
{
    public abstract string Name { get; }

    public abstract FuzzInput Generate(FuzzRandom random);

    /// <returns>What is wrong, in one line that begins the same for the same fault; null when nothing is.</returns>
    public abstract string? Execute(FuzzInput input);

    /// <summary>What the run's last line says beside the executions.</summary>
    public abstract string Summary();
}
