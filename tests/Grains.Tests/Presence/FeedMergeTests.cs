using OrleansBroker.Grains.Presence;

namespace OrleansBroker.Grains.Tests.Presence;

public sealed class FeedMergeTests
{
    [Fact]
    public void Order_ClientThatMoved_IsInOrderOfItsEpochsWhateverTheClocksSay()
    {
        FeedSource[] sources =
        [
            Happenings.Source(1, Happenings.Of("a", 1, at: 100), Happenings.Of("m", 1, at: 200), Happenings.Of("m", 1, PresenceKinds.Disconnected, 300)),
            Happenings.Source(2, Happenings.Of("m", 2, at: 10), Happenings.Of("b", 1, at: 20), Happenings.Of("m", 2, PresenceKinds.TakenOver, 30)),
            Happenings.Source(3, Happenings.Of("m", 3, at: 1)),
        ];

        var told = Told(sources, 3, 3, 1);

        Assert.Equal(["m1 Connected", "m1 Disconnected", "m2 Connected", "m2 TakenOver", "m3 Connected"], told.Where(static text => text[0] == 'm'));
        Assert.True(told.IndexOf("a1 Connected") < told.IndexOf("m1 Connected"));
        Assert.True(told.IndexOf("m2 Connected") < told.IndexOf("b1 Connected"));
    }

    [Fact]
    public void Order_ExpiredElsewhereInTheSameEpoch_ComesBehindTheDisconnection()
    {
        FeedSource[] sources = [Happenings.Source(1, Happenings.Of("m", 5, PresenceKinds.Expired, 1)), Happenings.Source(2, Happenings.Of("m", 5, PresenceKinds.Disconnected, 2))];

        Assert.Equal(["m5 Disconnected", "m5 Expired"], Told(sources, 1, 1));
    }

    [Fact]
    public void Order_OthersByTime_AsFarAsAsked()
    {
        FeedSource[] sources = [Happenings.Source(1, Happenings.Of("a", 1, at: 5), Happenings.Of("b", 1, at: 9)), Happenings.Source(2, Happenings.Of("c", 1, at: 7), Happenings.Of("d", 1, at: 8))];

        Assert.Equal(["a1 Connected", "c1 Connected", "b1 Connected"], Told(sources, 2, 1));
    }

    [Fact]
    public void Order_CoresThatContradictEachOther_ComesToAnEnd()
    {
        FeedSource[] sources = [Happenings.Source(1, Happenings.Of("a", 2), Happenings.Of("b", 1)), Happenings.Source(2, Happenings.Of("b", 2), Happenings.Of("a", 1))];

        Assert.Equal(4, Told(sources, 2, 2).Count);
    }

    [Fact]
    public void IsOpen_LaterRoundBringsWhatBelongsBefore_OnlyThen()
    {
        FeedSource[] sources = [Happenings.Source(1, Happenings.Of("m", 2)), Happenings.Source(2, Happenings.Of("x", 1), Happenings.Of("m", 1, PresenceKinds.Disconnected))];

        Assert.True(FeedMerge.IsOpen(sources, [1, 0]));
        Assert.True(FeedMerge.IsOpen(sources, [1, 1]));
        Assert.False(FeedMerge.IsOpen(sources, [1, 2]));
        Assert.False(FeedMerge.IsOpen(sources, [0, 2]));
    }

    private static List<string> Told(FeedSource[] sources, params int[] counts)
    {
        var at = new Dictionary<FeedSource, int>();
        return FeedMerge.Order(sources, counts).ConvertAll(source =>
        {
            var index = at.GetValueOrDefault(source);
            at[source] = index + 1;
            var happened = source.Held[index].Event!.Value;
            return $"{happened.ClientId}{happened.Epoch} {happened.Kind}";
        });
    }
}
