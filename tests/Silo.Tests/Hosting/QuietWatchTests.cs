using OrleansBroker.Silo.Hosting;

namespace OrleansBroker.Silo.Tests.Hosting;

public sealed class QuietWatchTests
{
    private const long Heap = 1;

    private readonly QuietWatch _watch = new();

    [Fact]
    public void Next_BurstGoesOn_CollectsNothing()
    {
        for (var look = 1; look <= 10; look++)
            Assert.Equal(QuietWatch.Collection.None, _watch.Next(look * QuietWatch.Burst, Heap));
    }

    [Fact]
    public void Next_QuietAfterABurst_CollectsOnce()
    {
        _watch.Next(QuietWatch.Burst, Heap);

        Assert.Equal(QuietWatch.Collection.None, _watch.Next(QuietWatch.Burst, Heap));
        Assert.Equal(QuietWatch.Collection.Compacting, _watch.Next(QuietWatch.Burst, Heap));
        Assert.Equal(QuietWatch.Collection.None, _watch.Next(QuietWatch.Burst + QuietWatch.Quiet, Heap));
    }

    [Fact]
    public void Next_InterruptedQuiet_CountsAnew()
    {
        var allocated = QuietWatch.Burst;
        _watch.Next(allocated, Heap);
        _watch.Next(allocated, Heap);
        allocated += QuietWatch.Quiet + 1;

        Assert.Equal(QuietWatch.Collection.None, _watch.Next(allocated, Heap));
        Assert.Equal(QuietWatch.Collection.None, _watch.Next(allocated, Heap));
        Assert.Equal(QuietWatch.Collection.Compacting, _watch.Next(allocated, Heap));
    }

    [Fact]
    public void Next_LittleAllocated_CollectsNothing()
    {
        for (var look = 0; look < 10; look++)
            Assert.Equal(QuietWatch.Collection.None, _watch.Next(QuietWatch.Burst - 1, Heap));
    }

    [Fact]
    public void Next_LargeHeap_DoesNotStopTheProgram()
    {
        _watch.Next(QuietWatch.Burst, Heap);
        _watch.Next(QuietWatch.Burst, Heap);

        Assert.Equal(QuietWatch.Collection.Background, _watch.Next(QuietWatch.Burst, QuietWatch.LargestPause + 1));
    }
}
