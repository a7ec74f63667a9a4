using OrleansBroker.Fuzz.Tests.Generation;
using OrleansBroker.Fuzz.Tests.Runs;

namespace OrleansBroker.Fuzz.Tests;

public sealed class MinimizerTests
{
    [Fact]
    public void Minimize_FailureOfTwoBytes_LeavesTheTwo()
    {
        var target = new PairTarget();
        var input = target.Generate(new FuzzRandom(1));
        Assert.NotNull(target.Execute(input));
        Assert.Equal([7, 9], Minimizer.Minimize(target, input, "pair").Bytes);
    }

    [Fact]
    public void Run_FailingTarget_Fails()
    {
        var run = new FuzzRun(new PairTarget(), new FuzzOptions(1, 0, 3, Timeout.InfiniteTimeSpan, IsLong: false));
        Assert.Contains("pair: of 7 and 9", Assert.ThrowsAny<Exception>(run.Run).Message, StringComparison.Ordinal);
    }

    /// <summary>Fails when a 7 stands somewhere before a 9; with a 3 in another way.</summary>
    private sealed class PairTarget : FuzzTarget
    {
        public override string Name => "pair";

        public override FuzzInput Generate(FuzzRandom random) => new(0, 0, [.. random.Bytes(100).Select(octet => (byte)(octet | 0x10)), 7, 16, 9, 16]);

        public override string? Execute(FuzzInput input)
        {
            var seven = Array.IndexOf(input.Bytes, (byte)7);
            if (input.Bytes.Contains((byte)3))
                return "three";
            return seven >= 0 && Array.IndexOf(input.Bytes, (byte)9, seven) > 0 ? "pair: of 7 and 9" : null;
        }

        public override string Summary() => "";
    }
}
