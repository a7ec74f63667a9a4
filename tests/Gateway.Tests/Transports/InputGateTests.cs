using OrleansBroker.Gateway.Transports;

namespace OrleansBroker.Gateway.Tests.Transports;

public sealed class InputGateTests
{
    [Fact]
    public async Task WaitAsync_OpenedBefore_PassesAndClosesAgain()
    {
        var gate = new InputGate();
        gate.Open();
        gate.Open();
        Assert.True(gate.WaitAsync().AsTask().IsCompleted);

        var second = gate.WaitAsync().AsTask();
        Assert.False(second.IsCompleted);
        gate.Open();
        await second;
    }

    [Fact]
    public async Task WaitAsync_ManyRounds_LosesNoSignal()
    {
        const int Rounds = 10_000;
        var gate = new InputGate();
        var passed = new SemaphoreSlim(0);
        var opener = Task.Run(
            async () =>
            {
                for (var i = 0; i < Rounds; i++)
                {
                    gate.Open();
                    await passed.WaitAsync(TestContext.Current.CancellationToken);
                }
            },
            TestContext.Current.CancellationToken);
        for (var i = 0; i < Rounds; i++)
        {
            await gate.WaitAsync();
            passed.Release();
        }

        await opener;
    }
}
