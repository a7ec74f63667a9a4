using OrleansBroker.Gateway.Admission.Passwords;

namespace OrleansBroker.Gateway.Tests.Admission.Passwords;

public sealed class PasswordChecksTests : IDisposable
{
    private readonly ManualResetEventSlim _finish = new();

    [Fact]
    public async Task RunAsync_MoreThanMayWait_RefusesTheRestAndKeepsTheOthers()
    {
        var checks = new PasswordChecks(maxConcurrent: 1, maxWaiting: 2);
        var tasks = Enumerable.Range(0, 6).Select(_ => RunAsync(checks, TestContext.Current.CancellationToken)).ToList();

        _finish.Set();

        Assert.Equal([true, true, true, null, null, null], await Task.WhenAll(tasks));
        Assert.True(await RunAsync(checks, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task RunAsync_MoreThanMayRun_WaitTheirTurn()
    {
        var checks = new PasswordChecks(maxConcurrent: 2, maxWaiting: 10);
        int running = 0;
        int most = 0;

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => checks.RunAsync(
            () =>
            {
                InterlockedMax(ref most, Interlocked.Increment(ref running));
                Interlocked.Decrement(ref running);
                return true;
            },
            TestContext.Current.CancellationToken).AsTask()));

        Assert.InRange(most, 1, 2);
    }

    [Fact]
    public async Task RunAsync_CancelledWhileWaiting_GivesItsPlaceBack()
    {
        var checks = new PasswordChecks(maxConcurrent: 1, maxWaiting: 1);
        var gone = new CancellationTokenSource();
        var running = RunAsync(checks, TestContext.Current.CancellationToken);
        var waiting = RunAsync(checks, gone.Token);

        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        var next = RunAsync(checks, TestContext.Current.CancellationToken);
        _finish.Set();

        Assert.True(await next);
        Assert.True(await running);
    }

    [Fact]
    public async Task RunAsync_CheckFails_GivesItsPlaceBack()
    {
        var checks = new PasswordChecks(maxConcurrent: 1, maxWaiting: 0);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await checks.RunAsync(() => throw new InvalidOperationException(), TestContext.Current.CancellationToken));

        _finish.Set();
        Assert.True(await RunAsync(checks, TestContext.Current.CancellationToken));
    }

    public void Dispose() => _finish.Dispose();

    // Runs until the test says so.
    private Task<bool?> RunAsync(PasswordChecks checks, CancellationToken cancellationToken) => checks.RunAsync(
        () =>
        {
            _finish.Wait();
            return true;
        },
        cancellationToken).AsTask();

    private static void InterlockedMax(ref int target, int value)
    {
        for (int seen = Volatile.Read(ref target); seen < value; seen = Volatile.Read(ref target))
            Interlocked.CompareExchange(ref target, value, seen);
    }
}
