using OrleansBroker.TestKit;

namespace OrleansBroker.Soak.Tests;

/// <summary>Many clients behave at random, within the standard, and everything that they see is compared with a model of it.</summary>
public sealed class SoakTests
{
    // What the model does not know must not happen: no queue or output is ever full.
    private static readonly string[] BrokerOptions =
    [
        "Broker:Limits:MaxQueuedBytes=1GiB",
        "Broker:Limits:MaxOutputBytes=64MiB",
    ];

    [Fact]
    public async Task Broker_RandomLegalClients_DiffersNowhereFromTheModel()
    {
        var settings = SoakSettings.FromEnvironment();
        await using var broker = await BrokerProcess.StartAsync(BrokerOptions);
        var output = TestContext.Current.TestOutputHelper!;
        var differences = await new SoakRun(broker, settings, line =>
        {
            output.WriteLine(line);
            Console.WriteLine(line);
        }).RunAsync();
        Assert.Empty(differences);
    }
}
