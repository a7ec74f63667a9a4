using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Tests.Cluster;
using OrleansBroker.Grains.Time;

namespace OrleansBroker.Grains.Tests.Nodes;

/// <summary>Who is declared dead at once, and who never is (ADR 0024); the test moves the clock.</summary>
public sealed class CrashWatchTests : IAsyncLifetime
{
    /// <summary>Long enough for a wrong word to be given.</summary>
    private const int Rounds = 12;

    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedReach _reach = new(silos: 4);
    private CrashWatch? _watch;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_watch is null) return;
        await _watch.StopAsync(CancellationToken.None);
        _watch.Dispose();
    }

    [Fact]
    public async Task ProcessHasEnded_AnotherIsRefusedToo_IsDeclaredDead()
    {
        var last = _reach.Active[^1];
        // One that says nothing is not waited for.
        _reach.Word = other => other.Equals(last) ? Task.FromResult(true) : new TaskCompletionSource<bool>().Task;
        await StartAsync(_reach);
        _reach.Crash();

        await PassUntilAsync(() => !_reach.Declared.IsEmpty);

        Assert.Equal([_reach.Watched], _reach.Declared);
    }

    [Fact]
    public async Task Refused_OthersReachIt_NobodyIsDeclaredDead()
    {
        await StartAsync(_reach);
        _reach.Crash();

        // Both others, each time.
        await PassUntilAsync(() => _reach.Questions >= 2 * Rounds);
        Assert.Empty(_reach.Declared);

        _reach.Word = static _ => Task.FromResult(true);
        await PassUntilAsync(() => !_reach.Declared.IsEmpty);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Refused_OthersSayNothing_NobodyIsDeclaredDead(bool fails)
    {
        _reach.Word = _ => fails ? Task.FromException<bool>(new TimeoutException("No answer.")) : new TaskCompletionSource<bool>().Task;
        await StartAsync(_reach);
        _reach.Crash();

        await PassUntilAsync(() => _reach.Questions >= 2 * Rounds);

        Assert.Empty(_reach.Declared);
    }

    [Fact]
    public async Task Slow_NoPingIsAnswered_NobodyLooksFurther()
    {
        _reach.Ping = static () => new TaskCompletionSource().Task;
        _reach.Word = static _ => Task.FromResult(true);
        await StartAsync(_reach);

        await PassUntilAsync(() => _reach.Pings >= 5 * Rounds);

        Assert.Equal(0, _reach.Looks);
        Assert.Empty(_reach.Declared);
    }

    /// <summary>What was on its way then is answered never, and must not hide the end.</summary>
    [Fact]
    public async Task Slow_ThenItsProcessEnds_IsDeclaredDead()
    {
        _reach.Ping = static () => new TaskCompletionSource().Task;
        _reach.Word = static _ => Task.FromResult(true);
        await StartAsync(_reach);
        await PassUntilAsync(() => _reach.Pings >= Rounds);

        _reach.Crash();

        await PassUntilAsync(() => !_reach.Declared.IsEmpty);
    }

    [Fact]
    public async Task PingFails_PortAnswers_NobodyIsAskedOrDeclaredDead()
    {
        _reach.Crash();
        _reach.IsRefusedHere = false;
        _reach.Word = static _ => Task.FromResult(true);
        await StartAsync(_reach);

        await PassUntilAsync(() => _reach.Looks >= Rounds);

        Assert.Equal(0, _reach.Questions);
        Assert.Empty(_reach.Declared);
    }

    [Fact]
    public async Task PingFailsThere_PortIsNotLookedAt()
    {
        _reach.Ping = static () => Task.FromException(new InvalidOperationException("It went wrong there."));
        await StartAsync(_reach);

        await PassUntilAsync(() => _reach.Pings >= Rounds);

        Assert.Equal(0, _reach.Looks);
    }

    [Fact]
    public async Task ProcessHasEnded_NobodyElseIsLeft_OwnWordIsEnough()
    {
        var two = new ScriptedReach(silos: 2);
        await StartAsync(two);
        two.Crash();

        await PassUntilAsync(() => !two.Declared.IsEmpty);

        Assert.Equal(0, two.Questions);
    }

    [Fact]
    public async Task ProcessHasEnded_StoreDoesNotAnswer_IsDeclaredAgainAfterAWhile()
    {
        _reach.Word = static _ => Task.FromResult(true);
        _reach.HasStore = false;
        await StartAsync(_reach);
        _reach.Crash();

        await PassUntilAsync(() => !_reach.Declared.IsEmpty);
        var pings = _reach.Pings;
        await PassUntilAsync(() => _reach.Declared.Count > 1);

        // Not at each of the pings that failed meanwhile.
        Assert.InRange(_reach.Pings - pings, (int)(CrashWatch.Limit / CrashWatch.Interval) - 1, int.MaxValue);
    }

    [Fact]
    public void Next_Ring_EachIsWatchedByThoseBeforeIt()
    {
        var six = new ScriptedReach(silos: 6).Active;
        Assert.Equal([six[1], six[2], six[3], six[4]], CrashWatch.Next(six, six[0]));
        Assert.Equal([six[5], six[0], six[1], six[2]], CrashWatch.Next(six, six[4]));
        Assert.Equal([six[1]], CrashWatch.Next(six[..2], six[0]));
        Assert.Empty(CrashWatch.Next(six[..1], six[0]));
        Assert.Empty(CrashWatch.Next([], six[0]));
        // This one is not active (yet): it watches some all the same.
        Assert.Equal([six[0], six[1]], CrashWatch.Next(six[..3], six[5]));
    }

    private async Task StartAsync(ScriptedReach reach)
    {
        _watch = new CrashWatch(reach, new BrokerClock(_time), NullLogger<CrashWatch>.Instance);
        await _watch.StartAsync(CancellationToken.None);
        await PassUntilAsync(() => reach.Pings > 0);
    }

    /// <summary>Time goes on meanwhile: when something begins to wait for it, nobody says.</summary>
    private Task PassUntilAsync(Func<bool> condition) => BrokerCluster.EventuallyAsync(() =>
    {
        if (condition()) return true;
        _time.Advance(CrashWatch.Interval);
        return false;
    });
}
