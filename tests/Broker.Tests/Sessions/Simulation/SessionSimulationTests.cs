namespace OrleansBroker.Broker.Tests.Sessions.Simulation;

/// <summary>Many short random lives of a session; a failure names its seed, which fails again alone.</summary>
public sealed class SessionSimulationTests(ITestOutputHelper output)
{
    private const int Steps = 400;

    [Theory]
    [InlineData(1, 700, false)]
    [InlineData(100_001, 700, true)]
    public void Session_RandomEvents_KeepsEveryPromise(int firstSeed, int count, bool crashes)
    {
        for (var seed = firstSeed; seed < firstSeed + count; seed++)
        {
            var world = new SimulatedWorld(seed, crashes);
            try
            {
                for (var step = 0; step < Steps; step++) world.Step();
                world.Finish();
            }
            catch
            {
                output.WriteLine($"seed {seed}, crashes {crashes}");
                throw;
            }
        }
    }
}
