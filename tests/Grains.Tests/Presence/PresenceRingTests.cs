using System.Runtime.CompilerServices;
using OrleansBroker.Grains.Presence;
using OrleansBroker.Grains.Tests.Cluster;

namespace OrleansBroker.Grains.Tests.Presence;

public sealed class PresenceRingTests(OneSilo silo) : IClassFixture<OneSilo>
{
    private readonly PresenceRing _ring = silo.Node.Presence;

    [Fact]
    public void Event_InTheRing_IsAsLargeAsIsSaid() => Assert.Equal(56, Unsafe.SizeOf<PresenceEvent>());

    [Fact]
    public void Add_IntoAFullRing_AllocatesNothing()
    {
        var happened = Happenings.Of("a", 1);
        for (var i = 0; i < PresenceRing.Capacity; i++) _ring.Add(happened);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 10_000; i++) _ring.Add(happened);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Read_InPages_HasEachOnceWithItsPosition()
    {
        var from = _ring.Next;
        for (var i = 0; i < 1_000; i++) _ring.Add(Happenings.Of(i % 3 == 0 ? $"b{i}" : "other", i));
        var read = new List<long>();

        for (var page = _ring.Read(from, new PresenceFilter("b", PresenceKinds.All), 10, 50); ; page = _ring.Read(page.Next, new PresenceFilter("b", PresenceKinds.All), 10, 50))
        {
            Assert.Equal(page.Events.Select(happened => from + happened.Epoch), page.Positions);
            Assert.True(page.Events.Length <= 10);
            read.AddRange(page.Events.Select(static happened => happened.Epoch));
            if (page.IsCurrent) break;
        }

        Assert.Equal(Enumerable.Range(0, 1_000).Where(static i => i % 3 == 0).Select(static i => (long)i), read);
    }

    [Fact]
    public void Read_BeyondTheEnd_IsTheEnd()
    {
        var page = _ring.Read(long.MaxValue, Happenings.All, 10, 10);

        Assert.Equal((_ring.Next, 0, true), (page.Next, page.Events.Length, page.IsCurrent));
    }

    [Fact]
    public async Task WhenReached_EventComes_CompletesForAllWhoWait()
    {
        var next = _ring.Next;
        var (first, second) = (_ring.WhenReachedAsync(next), _ring.WhenReachedAsync(next));
        Assert.False(first.IsCompleted);

        _ring.Add(Happenings.Of("c", 1));

        await Task.WhenAll(first, second).WaitAsync(TestClient.Patience, TestContext.Current.CancellationToken);
        Assert.True(_ring.WhenReachedAsync(next).IsCompleted);
    }
}
