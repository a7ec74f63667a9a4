namespace OrleansBroker.Fuzz.Tests;

/// <summary>The collection of all runs, one after the other: they measure memory, and two at once are no faster.</summary>
[CollectionDefinition(Alone, DisableParallelization = true)]
public sealed class FuzzingTests
{
    public const string Alone = "Fuzzing";
}
