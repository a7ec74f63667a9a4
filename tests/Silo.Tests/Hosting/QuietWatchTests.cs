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
            Assert.Equal(QuietWatch.Collection.None, _watch.Next(look * QuietWatch.Burst, 0, Heap));
    }

    [Fact]
    public void Next_QuietAfterABurst_CollectsOnce()
    {
        _watch.Next(QuietWatch.Burst, 0, Heap);

        Assert.Equal(QuietWatch.Collection.None, _watch.Next(QuietWatch.Burst, 0, Heap));
        Assert.Equal(QuietWatch.Collection.Compacting, _watch.Next(QuietWatch.Burst, 0, Heap));
        Assert.Equal(QuietWatch.Collection.None, _watch.Next(QuietWatch.Burst + QuietWatch.Quiet, 0, Heap));
    }

    [Fact]
    public void Next_InterruptedQuiet_CountsAnew()
    {
        var allocated = QuietWatch.Burst;
        _watch.Next(allocated, 0, Heap);
        _watch.Next(allocated, 0, Heap);
        allocated += QuietWatch.Quiet + 1;

        Assert.Equal(QuietWatch.Collection.None, _watch.Next(allocated, 0, Heap));
        Assert.Equal(QuietWatch.Collection.None, _watch.Next(allocated, 0, Heap));
        Assert.Equal(QuietWatch.Collection.Compacting, _watch.Next(allocated, 0, Heap));
    }

    [Fact]
    public void Next_LittleAllocated_CollectsNothing()
    {
        for (var look = 0; look < 10; look++)
            Assert.Equal(QuietWatch.Collection.None, _watch.Next(QuietWatch.Burst - 1, 0, Heap));
    }

    [Fact]
    public void Next_LargeHeap_DoesNotStopTheProgram()
    {
        _watch.Next(QuietWatch.Burst, 0, Heap);
        _watch.Next(QuietWatch.Burst, 0, Heap);

        Assert.Equal(QuietWatch.Collection.Background, _watch.Next(QuietWatch.Burst, 0, QuietWatch.LargestPause + 1));
    }

    [Fact]
    public void Next_MessagesFlow_DoesNotStopTheProgram()
    {
        const long Messages = QuietWatch.FewMessages + 1;
        _watch.Next(QuietWatch.Burst, Messages, Heap);
        _watch.Next(QuietWatch.Burst, 2 * Messages, Heap);

        Assert.Equal(QuietWatch.Collection.Background, _watch.Next(QuietWatch.Burst, 3 * Messages, Heap));
    }

    [Fact]
    public void Next_FewMessages_MayStopTheProgram()
    {
        _watch.Next(QuietWatch.Burst, QuietWatch.FewMessages, Heap);
        _watch.Next(QuietWatch.Burst, 2 * QuietWatch.FewMessages, Heap);

        Assert.Equal(QuietWatch.Collection.Compacting, _watch.Next(QuietWatch.Burst, 3 * QuietWatch.FewMessages, Heap));
    }
}
