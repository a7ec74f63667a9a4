using OrleansBroker.Fuzz.Tests.Codec;
using OrleansBroker.Fuzz.Tests.Runs;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Fuzz.Tests;

[Collection(FuzzingTests.Alone)]
public sealed class CodecFuzzTests
{
    private const long ShortExecutions = 200_000;

    /// <summary>What only a server's packets can break.</summary>
    private static readonly SpecViolation[] OfServers =
    [
        SpecViolation.None, SpecViolation.MaximumQoSInvalid, SpecViolation.SessionExpiryFromServer, SpecViolation.ConnAckFlagsInvalid,
        SpecViolation.SessionPresentWithFailure,
    ];

    public static TheoryData<string> Corpus => [.. CorpusFile.Names];

    [Fact]
    public void Decode_MutatedPackets_AgreesWithTheJudge()
    {
        using var target = new CodecTarget();
        var options = FuzzOptions.Read(ShortExecutions);
        new FuzzRun(target, options).Run();
        if (options.Executions < ShortExecutions)
            return;
        var missed = Enum.GetValues<SpecViolation>().Except(OfServers).Where(violation => target.Violations[(int)violation] == 0);
        Assert.Empty(missed);
    }

    [Theory]
    [MemberData(nameof(Corpus))]
    public void Decode_Corpus_AgreesWithTheJudge(string name)
    {
        using var target = new CodecTarget();
        Assert.Null(target.Execute(CorpusFile.Read(name)));
    }
}
