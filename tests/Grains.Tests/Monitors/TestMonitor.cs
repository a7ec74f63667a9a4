using OrleansBroker.Grains.Monitors;

namespace OrleansBroker.Grains.Tests.Monitors;

/// <summary>One piece of work of a test.</summary>
internal readonly record struct TestWork(int Caller, int Number, Action? Action = null, int JobSlices = 0);

/// <summary>A monitor that notes what it runs and finds out when two run at once.</summary>
internal sealed class TestMonitor(int sliceEntries = 64, TimeSpan? slice = null)
    : WorkMonitor<TestWork>(new InboxLimits(sliceEntries, slice ?? TimeSpan.FromHours(1)))
{
    private int _inside;
    private int _jobSlices;
    private int _left;

    public List<TestWork> Done { get; } = [];

    /// <summary>The thread of each piece of work.</summary>
    public List<int> Threads { get; } = [];

    public List<Exception> Faults { get; } = [];

    public int Violations { get; private set; }

    public int Slices { get; private set; }

    public int LeftCount => Volatile.Read(ref _left);

    protected override bool HasJob => _jobSlices > 0;

    /// <summary>Of which the monitor does no more once it is closed.</summary>
    public volatile bool IsClosed;

    /// <summary>What was handed on, by the monitor or by its caller.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<TestWork> HandedOn { get; } = [];

    /// <summary>Under the monitor.</summary>
    public new bool TrySeal() => base.TrySeal();

    public new void Enter(in TestWork work) => base.Enter(work);

    protected override void Run(in TestWork work)
    {
        if (Interlocked.Exchange(ref _inside, 1) != 0 || _jobSlices > 0) Violations++;
        _jobSlices = work.JobSlices;
        if (IsClosed && IsHandedOn(work)) HandOn(work);
        else Done.Add(work);
        Threads.Add(Environment.CurrentManagedThreadId);
        try
        {
            work.Action?.Invoke();
        }
        finally
        {
            Volatile.Write(ref _inside, 0);
        }
    }

    protected override bool IsHandedOn(in TestWork work) => work.Action is null;

    protected override void HandOn(in TestWork work) => HandedOn.Enqueue(work);

    protected override bool RunJobSlice()
    {
        if (_jobSlices == 0) return false;
        if (Interlocked.Exchange(ref _inside, 1) != 0) Violations++;
        _jobSlices--;
        Slices++;
        Volatile.Write(ref _inside, 0);
        return true;
    }

    protected override void Faulted(Exception fault) => Faults.Add(fault);

    protected override void Left() => Interlocked.Increment(ref _left);
}
