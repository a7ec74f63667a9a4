using OrleansBroker.Fuzz.Tests.Program;
using OrleansBroker.Fuzz.Tests.Runs;

namespace OrleansBroker.Fuzz.Tests;

[Collection(FuzzingTests.Alone)]
public sealed class ProgramFuzzTests
{
    private const long ShortExecutions = 4_800;

    [Fact]
    public async Task Serve_ManyMutatedClients_ServesTheOthers()
    {
        await using var run = new ProgramRun(FuzzOptions.Read(ShortExecutions));
        await run.RunAsync();
    }
}
