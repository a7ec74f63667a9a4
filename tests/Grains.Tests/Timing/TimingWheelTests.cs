using OrleansBroker.Grains.Timing;

namespace OrleansBroker.Grains.Tests.Timing;

public sealed class TimingWheelTests : IDisposable
{
    /// <summary>The clock does not begin at 0, nor at a whole tick.</summary>
    private const long Origin = 1_234_567;

    private readonly ManualTime _time = new(Origin);
    private readonly List<Exception> _faults = [];
    private readonly List<TimeSpan> _late = [];
    private readonly TimingWheel _wheel;

    public TimingWheelTests() => _wheel = new TimingWheel(_time, _late.Add, _faults.Add);

    public void Dispose() => _wheel.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(99)]
    [InlineData(100)]
    [InlineData(101)]
    [InlineData(6_300)]
    [InlineData(6_400)]
    [InlineData(6_401)]
    [InlineData(409_600)]
    [InlineData(1_000_000)]
    public void Advance_MillisecondByMillisecond_NotEarlyAndAtMostOneTickLate(long delay)
    {
        var entry = Schedule(Origin + delay);
        for (var now = Origin; entry.Calls.Count == 0 && now < Origin + delay + 1000; now++)
            _wheel.Advance(now);

        Assert.InRange(Assert.Single(entry.Calls) - (Origin + delay), 0, 99);
        Assert.Equal(0, _wheel.Count);
    }

    [Theory]
    [InlineData(100L)]
    [InlineData(3_600_000L)]
    [InlineData(65_535_000L * 3 / 2)]
    [InlineData(4_294_967_295_000L)]
    public void Advance_ByOneLeap_CallsAtTheDeadlineAndNotBefore(long delay)
    {
        var entry = Schedule(Origin + delay);
        _wheel.Advance(Origin + delay - 1);
        Assert.Empty(entry.Calls);

        _wheel.Advance(Origin + delay + 99);
        Assert.Equal([Origin + delay + 99], entry.Calls);
        _wheel.Advance(Origin + (2 * delay));
        Assert.Single(entry.Calls);
    }

    [Fact]
    public void Advance_LongAfterTheStart_DelaysAreStillExact()
    {
        // Every level's digit is somewhere in its middle.
        var random = new Random(1);
        var now = Origin;
        for (var i = 0; i < 2000; i++)
        {
            now += random.NextInt64(1L << random.Next(1, 34)) + 100;
            var delay = random.NextInt64(1L << random.Next(1, 34));
            _wheel.Advance(now);
            var entry = Schedule(now + delay);
            _wheel.Advance(now + delay - 1);
            Assert.Empty(entry.Calls);
            now += delay + 199; // the wheel may be up to a tick behind when it is scheduled
            _wheel.Advance(now);
            Assert.Single(entry.Calls);
        }
    }

    [Fact]
    public void Advance_RandomScheduleRescheduleCancel_AgreesWithAPlainList()
    {
        var random = new Random(2);
        var entries = Enumerable.Range(0, 500).Select(_ => new TestEntry()).ToArray();
        var scheduled = new HashSet<TestEntry>();
        var now = Origin;
        for (var step = 0; step < 20_000; step++)
        {
            var entry = entries[random.Next(entries.Length)];
            switch (random.Next(4))
            {
                case 0:
                    Assert.Equal(scheduled.Remove(entry), _wheel.Cancel(entry));
                    break;
                case 1:
                    now += random.NextInt64(1L << random.Next(1, 20));
                    _wheel.Advance(now);
                    foreach (var due in scheduled.Where(one => one.Deadline <= now - 100).ToArray())
                    {
                        Assert.Single(due.Calls);
                        Assert.True(scheduled.Remove(due));
                    }

                    foreach (var early in scheduled.Where(one => one.Deadline > now))
                        Assert.Empty(early.Calls);
                    scheduled.RemoveWhere(one => one.Calls.Count == 1);
                    break;
                default:
                    entry.Deadline = now + random.NextInt64(1L << random.Next(1, 24));
                    entry.Calls.Clear();
                    _wheel.Schedule(entry, entry.Deadline);
                    scheduled.Add(entry);
                    break;
            }

            Assert.Equal(scheduled.Count, _wheel.Count);
        }
    }

    [Fact]
    public void Advance_ManyInOneLeap_InOrderOfTicks()
    {
        var called = new List<long>();
        var random = new Random(3);
        for (var i = 0; i < 5000; i++)
        {
            var entry = Schedule(Origin + random.Next(1, 10_000_000));
            entry.Answer = _ =>
            {
                called.Add((entry.Deadline - Origin + 99) / 100);
                return WheelEntry.Done;
            };
        }

        _wheel.Advance(Origin + 10_000_000);
        Assert.Equal(5000, called.Count);
        Assert.Equal(called.Order(), called);
    }

    [Fact]
    public void OnDue_AnswersALaterTime_IsCalledThen()
    {
        // Keep-alive: each call finds that a packet came in between.
        var entry = Schedule(Origin + 1500);
        entry.Answer = now => entry.Calls.Count < 4 ? now + 1000 : WheelEntry.Done;
        for (var now = Origin; now < Origin + 20_000; now += 100)
            _wheel.Advance(now);

        Assert.Equal([Origin + 1500, Origin + 2500, Origin + 3500, Origin + 4500], entry.Calls);
    }

    [Fact]
    public void OnDue_AnswersATimeThatHasPassed_IsCalledWithTheNextTickNotAtOnce()
    {
        var entry = Schedule(Origin + 100);
        entry.Answer = now => entry.Calls.Count < 3 ? 0 : WheelEntry.Done;
        _wheel.Advance(Origin + 100);
        Assert.Single(entry.Calls);
        _wheel.Advance(Origin + 200);
        Assert.Equal(2, entry.Calls.Count);
    }

    [Fact]
    public void OnDue_ScheduledMeanwhile_TheAnswerIsIgnored()
    {
        var entry = Schedule(Origin + 100);
        entry.Answer = now =>
        {
            if (entry.Calls.Count > 1)
                return WheelEntry.Done;
            _wheel.Schedule(entry, now + 5000);
            return now + 1000;
        };
        _wheel.Advance(Origin + 100);
        _wheel.Advance(Origin + 5000);
        Assert.Single(entry.Calls);
        _wheel.Advance(Origin + 5100);
        Assert.Equal(2, entry.Calls.Count);
    }

    [Fact]
    public void OnDue_CancelledMeanwhile_TheAnswerIsIgnored()
    {
        var entry = Schedule(Origin + 100);
        entry.Answer = now =>
        {
            Assert.False(_wheel.Cancel(entry));
            return now + 1000;
        };
        _wheel.Advance(Origin + 100);
        _wheel.Advance(Origin + 100_000);

        Assert.Single(entry.Calls);
        Assert.Equal(0, _wheel.Count);
    }

    [Fact]
    public void OnDue_CancelsAnotherOfTheSameTick_ThatIsNotCalled()
    {
        // Both are in the same shard and so in the same batch.
        var pair = Enumerable.Range(0, 9).Select(_ => new TestEntry()).ToArray();
        var (first, second) = (pair[0], pair[8]);
        first.Answer = now =>
        {
            Assert.True(_wheel.Cancel(second));
            return WheelEntry.Done;
        };
        _wheel.Schedule(first, Origin + 100);
        _wheel.Schedule(second, Origin + 100);
        _wheel.Advance(Origin + 1000);

        Assert.Equal(first.Shard % 8, second.Shard % 8);
        Assert.Single(first.Calls);
        Assert.Empty(second.Calls);
    }

    [Fact]
    public void Schedule_DuringALeapInAShardNotYetTurned_IsNotLeaptOver()
    {
        var entries = Enumerable.Range(0, 8).Select(_ => new TestEntry()).OrderBy(entry => entry.Shard % 8).ToArray();
        var (first, last) = (entries[0], entries[7]);
        first.Answer = _ =>
        {
            _wheel.Schedule(last, Origin + 50_000); // the last shard still stands at the start
            return WheelEntry.Done;
        };
        _wheel.Schedule(first, Origin + 100_000);
        _wheel.Advance(Origin + 100_000);
        _wheel.Advance(Origin + 100_100);

        Assert.Single(last.Calls);
    }

    [Fact]
    public void OnDue_Throws_IsReportedAndTheOthersAreCalled()
    {
        var entries = Enumerable.Range(0, 50).Select(_ => Schedule(Origin + 100)).ToArray();
        entries[7].Answer = _ => throw new InvalidOperationException("fault");
        _wheel.Advance(Origin + 100);

        Assert.All(entries, entry => Assert.Single(entry.Calls));
        Assert.Equal("fault", Assert.Single(_faults).Message);
    }

    [Fact]
    public void Schedule_Again_ReplacesTheDeadline()
    {
        var sooner = Schedule(Origin + 100_000);
        var later = Schedule(Origin + 500);
        _wheel.Schedule(sooner, Origin + 500);
        _wheel.Schedule(later, Origin + 100_000);

        _wheel.Advance(Origin + 500);
        Assert.Single(sooner.Calls);
        Assert.Empty(later.Calls);
        _wheel.Advance(Origin + 100_000);
        Assert.Single(sooner.Calls);
        Assert.Single(later.Calls);
    }

    [Fact]
    public void Schedule_BeyondTheWheelsLife_NeverComesBeforeIt()
    {
        var entry = Schedule(long.MaxValue);
        _wheel.Advance(Origin + (200L * 365 * 86_400_000));
        Assert.Empty(entry.Calls);
        Assert.True(_wheel.Cancel(entry));
    }

    [Fact]
    public void Timer_OnTime_TurnsTheWheelAndShiftsNothing()
    {
        _wheel.Start();
        Assert.Equal(TimeSpan.FromMilliseconds(100), _time.Period);
        var entry = Schedule(Origin + 3000, shiftsWhenLate: true);
        for (var i = 0; i < 29; i++)
            Tick(100);
        Assert.Empty(entry.Calls);
        Tick(100);

        Assert.Single(entry.Calls);
        Assert.Empty(_late);
    }

    [Fact]
    public void Timer_ProcessWasFrozen_ShiftsWhoAsksForItAndSaysSoBeforeAnythingIsCalled()
    {
        _wheel.Start();
        Tick(100);
        var keepAlive = Schedule(Origin + 3000, shiftsWhenLate: true);
        var will = Schedule(Origin + 3000);
        will.Answer = _ =>
        {
            Assert.Single(_late);
            return WheelEntry.Done;
        };

        Tick(10_000); // 9.9 s late: what was due at 3,000 is now due at 13,900, which leaves a second for reading
        Assert.Equal([TimeSpan.FromMilliseconds(9900)], _late);
        Assert.Single(will.Calls);
        Assert.Empty(keepAlive.Calls);
        for (var now = 10_100; now < 13_800; now += 100)
            Tick(100);
        Assert.Empty(keepAlive.Calls);
        Tick(100);
        Assert.Single(keepAlive.Calls);
        Assert.Empty(_faults);
    }

    [Fact]
    public void Timer_FrozenTwice_BothShiftsCountAndLaterEntriesAreNotShiftedByTheFirst()
    {
        _wheel.Start();
        var old = Schedule(Origin + 60_000, shiftsWhenLate: true);
        Tick(5100);
        var middle = Schedule(Origin + 60_000, shiftsWhenLate: true);
        Tick(5100);
        var young = Schedule(Origin + 60_000, shiftsWhenLate: true);
        for (var now = 10_200; now <= 75_000; now += 100)
            Tick(100);

        Assert.Equal([TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5)], _late);
        Assert.Equal([Origin + 72_000], old.Calls);
        Assert.Equal([Origin + 66_000], middle.Calls);
        Assert.Equal([Origin + 60_000], young.Calls);
    }

    [Fact]
    public void Timer_LateByOneSecondOrLess_IsBusyNotFrozen()
    {
        _wheel.Start();
        var entry = Schedule(Origin + 1000, shiftsWhenLate: true);
        Tick(1100);
        Assert.Single(entry.Calls);
        Assert.Empty(_late);
    }

    [Fact]
    public void Schedule_Entry_AllocatesNothingAndTheEntryHas48Bytes()
    {
        var entries = new WheelEntry[1000];
        new PlainEntry().ToString();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < entries.Length; i++)
            entries[i] = new PlainEntry();
        var created = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < entries.Length; i++)
            _wheel.Schedule(entries[i], Origin + (i * 1000));
        _wheel.Advance(Origin + 500_000);
        foreach (var entry in entries)
            _wheel.Cancel(entry);
        var after = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(48 * entries.Length, created - before);
        Assert.Equal(0, after - created);
    }

    [Fact]
    public async Task Schedule_FromManyThreadsWhileItTurns_EveryEntryIsCalledOrCancelledOnce()
    {
        const int Threads = 3, Rounds = 20_000;
        var running = Threads;
        var called = 0;
        var cancelled = 0;
        var scheduling = Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            var random = new Random(thread);
            for (var i = 0; i < Rounds; i++)
            {
                var entry = new TestEntry
                {
                    Answer = _ =>
                    {
                        Interlocked.Increment(ref called);
                        return WheelEntry.Done;
                    },
                };
                _wheel.Schedule(entry, Origin + 1_000_000_000_000); // however long this thread is kept from the next line
                _wheel.Schedule(entry, Interlocked.Read(ref _turned) + random.Next(0, 20_000));
                if (random.Next(2) == 0 && _wheel.Cancel(entry))
                    Interlocked.Increment(ref cancelled);
            }

            Interlocked.Decrement(ref running);
        }, TestContext.Current.CancellationToken)).ToArray();
        while (Volatile.Read(ref running) > 0)
            _wheel.Advance(Interlocked.Add(ref _turned, 70));
        await Task.WhenAll(scheduling);
        _wheel.Advance(_turned + 2_000_000);

        Assert.Equal(0, _wheel.Count);
        Assert.Equal(Threads * Rounds, called + cancelled);
        Assert.Empty(_faults);
    }

    private long _turned = Origin;

    private TestEntry Schedule(long due, bool shiftsWhenLate = false)
    {
        var entry = new TestEntry(shiftsWhenLate) { Deadline = due };
        _wheel.Schedule(entry, due);
        return entry;
    }

    private void Tick(long milliseconds)
    {
        _time.Milliseconds += milliseconds;
        _time.FireTimer();
    }

    private sealed class PlainEntry() : WheelEntry(shiftsWhenLate: true)
    {
        protected internal override long OnDue(long nowMilliseconds) => Done;
    }
}
