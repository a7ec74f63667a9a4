namespace OrleansBroker.Grains.Tests.Monitors;

public sealed class WorkMonitorTests
{
    private const int Callers = 4;
    private const int Entries = 20_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(64, 3_600_000)]
    [InlineData(3, 3_600_000)]
    [InlineData(64, 0.01)]
    public async Task Enter_FromManyThreads_RunsEachOnceExclusivelyInOrderOfItsCaller(int sliceEntries, double sliceMilliseconds)
    {
        var monitor = new TestMonitor(sliceEntries, TimeSpan.FromMilliseconds(sliceMilliseconds));
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var open = Callers;
        var threads = Enumerable.Range(0, Callers).Select(caller => new Thread(() =>
        {
            var random = new Random(caller);
            for (var i = 0; i < Entries; i++)
            {
                if (random.Next(64) == 0) Thread.SpinWait(random.Next(500));
                monitor.Enter(new TestWork(caller, i, JobSlices: random.Next(100) == 0 ? random.Next(5) : 0));
            }

            // The caller's last entry: when all of them have run, so has everything.
            monitor.Enter(new TestWork(caller, Entries, () =>
            {
                if (Interlocked.Decrement(ref open) == 0) all.SetResult();
            }));
        })).ToList();

        threads.ForEach(static thread => thread.Start());
        threads.ForEach(static thread => thread.Join());
        await all.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.Equal(0, monitor.Violations);
        Assert.Equal(Callers * (Entries + 1), monitor.Done.Count);
        for (var caller = 0; caller < Callers; caller++)
        {
            Assert.Equal(Enumerable.Range(0, Entries + 1), monitor.Done.Where(work => work.Caller == caller).Select(static work => work.Number));
        }
    }

    [Fact]
    public async Task TrySeal_WhileManyThreadsEnter_NoCallerFindsItsOlderWorkBehindTheSeal()
    {
        for (var round = 0; round < 50; round++)
        {
            var monitor = new TestMonitor();
            // Who sees that it is gone hands on by himself, as the registries' callers do.
            var isGone = false;
            var threads = Enumerable.Range(0, Callers).Select(caller => new Thread(() =>
            {
                for (var i = 0; i < Entries / 10; i++)
                {
                    if (Volatile.Read(ref isGone)) monitor.HandedOn.Enqueue(new TestWork(caller, i));
                    else monitor.Enter(new TestWork(caller, i));
                }
            })).ToList();
            threads.ForEach(static thread => thread.Start());

            monitor.IsClosed = true;
            for (var isSealed = false; !isSealed;)
            {
                var looked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                monitor.Enter(new TestWork(-1, 0, () =>
                {
                    isSealed = monitor.TrySeal();
                    looked.SetResult();
                }));
                await looked.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
            }

            Volatile.Write(ref isGone, true);
            threads.ForEach(static thread => thread.Join());

            for (var caller = 0; caller < Callers; caller++)
            {
                var order = monitor.Done.Concat(monitor.HandedOn).Where(work => work.Caller == caller).Select(static work => work.Number);
                Assert.Equal(Enumerable.Range(0, Entries / 10), order);
            }
        }
    }

    [Fact]
    public void Enter_FromInside_WaitsInTheInbox()
    {
        var monitor = new TestMonitor();
        var inside = -1;

        monitor.Enter(new TestWork(0, 0, () =>
        {
            monitor.Enter(new TestWork(0, 1, () => monitor.Enter(new TestWork(0, 3))));
            monitor.Enter(new TestWork(0, 2));
            inside = monitor.Done.Count;
        }));

        Assert.Equal(1, inside);
        Assert.Equal([0, 1, 2, 3], monitor.Done.Select(static work => work.Number));
        Assert.Equal(0, monitor.Violations);
    }

    [Fact]
    public void Enter_OfTwoMonitorsFromInsideEachOther_DoesNotDeadlock()
    {
        var (one, other) = (new TestMonitor(), new TestMonitor());
        using var both = new Barrier(2);

        var first = new Thread(() => one.Enter(new TestWork(0, 0, () =>
        {
            both.SignalAndWait();
            other.Enter(new TestWork(0, 1));
        })));
        var second = new Thread(() => other.Enter(new TestWork(1, 0, () =>
        {
            both.SignalAndWait();
            one.Enter(new TestWork(1, 1));
        })));
        first.Start();
        second.Start();

        Assert.True(first.Join(Patience) && second.Join(Patience));
        Assert.Equal([0, 1], one.Done.Select(static work => work.Number));
        Assert.Equal([0, 1], other.Done.Select(static work => work.Number));
    }

    [Fact]
    public void Enter_WhileHeld_ReturnsAtOnce()
    {
        var monitor = new TestMonitor();
        using var held = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var holder = new Thread(() => monitor.Enter(new TestWork(0, 0, () =>
        {
            held.Set();
            release.Wait();
        })));
        holder.Start();
        held.Wait(TestContext.Current.CancellationToken);

        monitor.Enter(new TestWork(1, 0));
        var whileHeld = monitor.Done.Count;
        release.Set();

        Assert.True(holder.Join(Patience));
        Assert.Equal(1, whileHeld);
        // The holder has worked off what was left for it.
        Assert.Equal([0, 1], monitor.Done.Select(static work => work.Caller));
        Assert.Equal(holder.ManagedThreadId, monitor.Threads[1]);
    }

    [Fact]
    public async Task Enter_MoreThanASlice_RestGoesToThePool()
    {
        var monitor = new TestMonitor(sliceEntries: 4);
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var returned = new ManualResetEventSlim();
        var caller = new Thread(() =>
        {
            monitor.Enter(new TestWork(0, 0, () =>
            {
                for (var i = 1; i <= 10; i++) monitor.Enter(new TestWork(0, i, i == 5 ? returned.Wait : null));
                monitor.Enter(new TestWork(0, 11, all.SetResult));
            }));
            // Only after Enter has come back may the fifth go on.
            returned.Set();
        });
        caller.Start();
        await all.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(0, 12), monitor.Done.Select(static work => work.Number));
        Assert.All(monitor.Threads.Take(5), thread => Assert.Equal(caller.ManagedThreadId, thread));
        Assert.All(monitor.Threads.Skip(5), thread => Assert.NotEqual(caller.ManagedThreadId, thread));
    }

    [Fact]
    public void Job_UnderWay_HoldsUpTheInbox()
    {
        var monitor = new TestMonitor();
        var slicesBefore = -1;

        monitor.Enter(new TestWork(0, 0, () => monitor.Enter(new TestWork(0, 1, () => slicesBefore = monitor.Slices)), JobSlices: 5));

        Assert.Equal(5, slicesBefore);
        Assert.Equal(0, monitor.Violations);
    }

    [Fact]
    public void Job_OfAFreeMonitor_RunsToItsEnd()
    {
        var monitor = new TestMonitor();

        monitor.Enter(new TestWork(0, 0, JobSlices: 7));
        monitor.Enter(new TestWork(0, 1));

        Assert.Equal(7, monitor.Slices);
        Assert.Equal(0, monitor.Violations);
        Assert.Equal(2, monitor.LeftCount);
    }

    [Fact]
    public void Run_Throws_OthersRunAndTheMonitorIsFree()
    {
        var monitor = new TestMonitor();
        var fault = new InvalidOperationException("A fault.");

        monitor.Enter(new TestWork(0, 0, () =>
        {
            monitor.Enter(new TestWork(0, 1, () => throw fault));
            monitor.Enter(new TestWork(0, 2));
            throw fault;
        }));
        monitor.Enter(new TestWork(0, 3));

        Assert.Equal([0, 1, 2, 3], monitor.Done.Select(static work => work.Number));
        Assert.Equal([fault, fault], monitor.Faults);
    }
}
