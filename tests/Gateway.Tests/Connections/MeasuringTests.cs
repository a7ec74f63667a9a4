namespace OrleansBroker.Gateway.Tests.Connections;

/// <summary>The collection of tests that measure the whole process: alone, after all others.</summary>
[CollectionDefinition(Alone, DisableParallelization = true)]
public sealed class MeasuringTests
{
    public const string Alone = "Measures the process";
}
