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
    public void Next_LittleAllocated_CollectsTheYoungestOnce()
    {
        var kinds = Enumerable.Range(0, 10).Select(_ => _watch.Next(QuietWatch.Burst - 1, 0, Heap)).ToArray();
        Assert.Equal(QuietWatch.Collection.Small, Assert.Single(kinds, static kind => kind != QuietWatch.Collection.None));
    }

    [Fact]
    public void Next_Trickle_IsCollectedEachTimeThatItIsEnough()
    {
        const int Looks = 8;
        var kinds = Enumerable.Range(1, 4 * Looks).Select(look => _watch.Next(look * QuietWatch.Trickle / Looks, 0, Heap)).ToArray();
        Assert.Equal(4, kinds.Count(static kind => kind == QuietWatch.Collection.Small));
    }

    [Fact]
    public void Next_TrickleWhileMessagesFlow_IsLeftToTheRuntime()
    {
        for (var look = 1; look <= 10; look++)
            Assert.Equal(QuietWatch.Collection.None, _watch.Next(QuietWatch.Trickle, look * (QuietWatch.FewMessages + 1), Heap));
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
