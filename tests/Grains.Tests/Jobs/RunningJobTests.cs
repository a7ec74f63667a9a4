using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Sessions.Commands;
using OrleansBroker.Grains.Sessions.Jobs;
using OrleansBroker.Grains.Tests.Timing;
using OrleansBroker.Grains.Time;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Tests.Jobs;

public sealed class RunningJobTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly FakeCommands _commands = new();
    private readonly FakeDirectory _directory = new("a", "b", "c", "d", "e");
    private CancellationToken _stopping;

    [Theory]
    [InlineData(JobAction.Disconnect, "ServerBusy")]
    [InlineData(JobAction.End, "end")]
    public async Task Run_SeveralPages_EachSessionHasItsTurn(JobAction action, string given)
    {
        var job = Job(action);

        await job.RunAsync().WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.Equal([$"{given} a", $"{given} b", $"{given} c", $"{given} d", $"{given} e"], _commands.Given.Order(StringComparer.Ordinal));
        var ended = job.Snapshot;
        Assert.Equal((JobState.Done, 5, 5, (string?)null), (ended.State, ended.Matched, ended.Done, ended.After));
        Assert.NotNull(ended.EndedAt);
    }

    [Fact]
    public async Task Run_SessionsThatChangedOrFailed_AreCountedApart()
    {
        _commands.Answer = static id => id switch
        {
            "a" => Task.FromResult(CommandOutcome.Changed),
            "b" => Task.FromResult(CommandOutcome.NoSession),
            "c" => Task.FromResult(CommandOutcome.NotReached),
            "d" => throw new InvalidOperationException("A fault of one."),
            _ => Task.FromResult(CommandOutcome.Done),
        };
        _directory.Partial = ["there", "here"];
        var job = Job();

        await job.RunAsync().WaitAsync(Patience, TestContext.Current.CancellationToken);

        var ended = job.Snapshot;
        Assert.Equal((JobState.Done, 5, 1, 2, 2), (ended.State, ended.Matched, ended.Done, ended.Skipped, ended.Failed));
        Assert.Equal(["here", "there"], ended.Partial);
    }

    [Fact]
    public async Task Cancel_UnderWay_StopsAndAnotherGoesOnFromItsPlace()
    {
        var (reached, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        _commands.Answer = async id =>
        {
            if (id != "c") return CommandOutcome.Done;
            reached.SetResult();
            await goOn.Task;
            return CommandOutcome.Done;
        };
        var job = Job();
        var runs = job.RunAsync();
        await reached.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        job.Cancel();
        goOn.SetResult();
        await runs.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal((JobState.Cancelled, "b"), (job.Snapshot.State, job.Snapshot.After));

        _commands.Answer = static _ => Task.FromResult(CommandOutcome.Done);
        _commands.Given.Clear();
        await Job(after: "b").RunAsync().WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(3, _commands.Given.Count);
    }

    [Fact]
    public async Task Run_AtARate_WaitsForItsTurns()
    {
        var time = new ManualTime(0);
        var pace = new Pace(10, TimeSpan.FromMilliseconds(100), time);
        await pace.WaitAsync(CancellationToken.None);
        await pace.WaitAsync(CancellationToken.None);
        var second = pace.WaitAsync(CancellationToken.None);
        Assert.False(second.IsCompleted);
        time.FireTimer();
        await second.WaitAsync(Patience, TestContext.Current.CancellationToken);

        // Who was late does not catch up: one for the tenth of a second, one for now.
        time.Milliseconds = 10_000;
        await pace.WaitAsync(CancellationToken.None);
        await pace.WaitAsync(CancellationToken.None);
        Assert.False(pace.WaitAsync(CancellationToken.None).IsCompleted);
    }

    [Fact]
    public async Task Run_StoreOutOfReachForAMoment_IsTriedAgain()
    {
        _directory.Failures = 1;
        var job = Job();

        await job.RunAsync().WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.Equal((JobState.Done, 5), (job.Snapshot.State, job.Snapshot.Done));
    }

    [Fact]
    public async Task Run_NodeStops_IsCancelled()
    {
        using var stopping = new CancellationTokenSource();
        _stopping = stopping.Token;
        _commands.Answer = async _ =>
        {
            await stopping.CancelAsync();
            return CommandOutcome.Done;
        };
        var job = Job();

        await job.RunAsync().WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.Equal(JobState.Cancelled, job.Snapshot.State);
    }

    private RunningJob Job(JobAction action = JobAction.Disconnect, string? after = null) => new(
        "id",
        new SessionJobRequest { Query = new SessionQuery(), Action = action, Reason = ReasonCode.ServerBusy, Rate = ISessionJobs.MaxRate, After = after },
        _directory,
        _commands,
        new BrokerClock(TimeProvider.System),
        _stopping);
}
