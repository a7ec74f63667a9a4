using OrleansBroker.Fuzz.Tests.Connections;
using OrleansBroker.Fuzz.Tests.Runs;
using OrleansBroker.Gateway.Connections;

namespace OrleansBroker.Fuzz.Tests;

[Collection(FuzzingTests.Alone)]
public sealed class ConnectionFuzzTests
{
    private const long ShortExecutions = 50_000;

    public static TheoryData<string> Corpus => [.. CorpusFile.Names];

    [Fact]
    public void Receive_MutatedSequences_EndsOnceAndOwesNothing()
    {
        var target = new ConnectionTarget();
        var options = FuzzOptions.Read(ShortExecutions);
        new FuzzRun(target, options).Run();
        if (options.Executions < ShortExecutions)
            return;
        // A run that never comes past CONNECT, or never breaks a rule, would prove nothing.
        Assert.True(target.Connected > ShortExecutions / 4, $"{target.Connected} connected");
        Assert.All(
            new[] { CloseCause.ClientDisconnect, CloseCause.NetworkEnd, CloseCause.NotMqtt, CloseCause.Refused, CloseCause.ProtocolViolation, CloseCause.Session },
            cause => Assert.NotEqual(0, target.Causes[(int)cause]));
    }

    [Theory]
    [MemberData(nameof(Corpus))]
    public void Receive_Corpus_EndsOnceAndOwesNothing(string name) => Assert.Null(new ConnectionTarget().Execute(CorpusFile.Read(name)));
}
