using System.Numerics;

namespace OrleansBroker.Broker.Outcomes;

/// <summary>
/// Numbers that many threads raise and few read: one row of cells for each processor, so that two that count at the same time do not
/// take a cache line from each other. A thread that moves to another processor half way costs time, never a count.
/// </summary>
internal sealed class StripedCounters
{
    /// <summary>Two cache lines of 64 bytes: processors fetch them in pairs.</summary>
    private const int LineCells = 128 / sizeof(long);

    /// <summary>More processors than this share rows.</summary>
    private const int MaxRows = 64;

    private readonly long[] _cells;
    private readonly int _rowMask;
    private readonly int _rowCells;

    public StripedCounters(int counters)
    {
        var rows = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(Environment.ProcessorCount, 1, MaxRows));
        _rowMask = rows - 1;
        // One line more than the counters fill: the array need not begin at one.
        _rowCells = (((counters + LineCells - 1) / LineCells) + 1) * LineCells;
        _cells = new long[rows * _rowCells];
    }

    public void Add(int counter, long count) =>
        Interlocked.Add(ref _cells[((Thread.GetCurrentProcessorId() & _rowMask) * _rowCells) + counter], count);

    /// <summary>The sum of all rows; what is added meanwhile is in it or not.</summary>
    public long Read(int counter)
    {
        var sum = 0L;
        for (var cell = counter; cell < _cells.Length; cell += _rowCells) sum += Volatile.Read(ref _cells[cell]);
        return sum;
    }
}
