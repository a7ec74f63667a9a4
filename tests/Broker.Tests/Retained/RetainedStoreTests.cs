using OrleansBroker.Broker.Retained;
using OrleansBroker.Broker.Tests.Topics;
using OrleansBroker.Broker.Topics;

namespace OrleansBroker.Broker.Tests.Retained;

public sealed class RetainedStoreTests
{
    private const long Now = 1000;

    private sealed record Message(string Topic, int SizeBytes = 10, long ExpiresAtMilliseconds = long.MaxValue) : IRetained;

    private static RetainedStore<Message> Store(int maximumCount = 100, long maximumBytes = 1000) => new(maximumCount, maximumBytes);

    private static RetainedOutcome Set(RetainedStore<Message> store, Message message) => store.Set(message.Topic.Utf8(), message);

    private static List<string> Find(RetainedStore<Message> store, string filter, long now, int stepsPerSlice = 3)
    {
        using var cursor = store.Find(filter.Utf8());
        var found = new List<string>();
        TopicCursorState state;
        do
        {
            var steps = stepsPerSlice;
            while ((state = cursor.MoveNext(now, ref steps, out var message)) == TopicCursorState.Found)
                found.Add(message!.Topic);
        }
        while (state == TopicCursorState.Paused);
        found.Sort(StringComparer.Ordinal);
        return found;
    }

    [Fact]
    public void Set_NewThenSameTopic_StoresThenReplaces()
    {
        var store = Store();
        Assert.Equal(RetainedOutcome.Stored, Set(store, new("a/b", SizeBytes: 30)));
        Assert.Equal((1, 30), (store.Count, store.SizeBytes));
        var newer = new Message("a/b", SizeBytes: 20);
        Assert.Equal(RetainedOutcome.Replaced, Set(store, newer));
        Assert.Equal((1, 20), (store.Count, store.SizeBytes));
        Assert.Same(newer, store.Of("a/b"u8));
    }

    [Fact]
    public void Clear_OnceAndAgain_IsClearedThenAbsent()
    {
        var store = Store();
        Set(store, new("a"));
        Assert.Equal(RetainedOutcome.Cleared, store.Clear("a"u8));
        Assert.Equal(RetainedOutcome.Absent, store.Clear("a"u8));
        Assert.Equal((0, 0), (store.Count, store.SizeBytes));
        Assert.Null(store.Of("a"u8));
        Assert.Empty(Find(store, "#", Now));
    }

    [Fact]
    public void Set_CountReached_RefusesNewTopicsAndReplacesOldOnes()
    {
        var store = Store(maximumCount: 2);
        Set(store, new("a"));
        Set(store, new("b"));
        Assert.Equal(RetainedOutcome.RefusedCount, Set(store, new("c")));
        Assert.Equal(RetainedOutcome.Replaced, Set(store, new("b")));
        Assert.Equal(["a", "b"], Find(store, "#", Now));
        store.Clear("a"u8);
        Assert.Equal(RetainedOutcome.Stored, Set(store, new("c")));
    }

    [Fact]
    public void Set_BytesReached_RefusesAndKeepsWhatWasThere()
    {
        var store = Store(maximumBytes: 100);
        var older = new Message("a", SizeBytes: 60);
        Set(store, older);
        Assert.Equal(RetainedOutcome.RefusedBytes, Set(store, new("b", SizeBytes: 41)));
        Assert.Equal(RetainedOutcome.RefusedBytes, Set(store, new("a", SizeBytes: 101)));
        Assert.Same(older, store.Of("a"u8));
        Assert.Equal(RetainedOutcome.Replaced, Set(store, new("a", SizeBytes: 100)));
        Assert.Equal((1, 100), (store.Count, store.SizeBytes));
    }

    [Fact]
    public void Find_ExpiryPassed_LeavesTheMessageOut()
    {
        var store = Store();
        Set(store, new("a/expired", ExpiresAtMilliseconds: Now));
        Set(store, new("a/fresh", ExpiresAtMilliseconds: Now + 1));
        Set(store, new("a/forever"));
        Assert.Equal(["a/expired"], Find(store, "a/expired", Now - 1));
        Assert.Empty(Find(store, "a/expired", Now));
        Assert.Equal(["a/forever", "a/fresh"], Find(store, "a/+", Now));
        Assert.Equal(["a/forever"], Find(store, "#", Now + 1));
    }

    [Fact]
    public void RemoveExpired_InSlices_RemovesAllThatExpiredWithTheirBytes()
    {
        var store = Store(maximumCount: 1000, maximumBytes: 100_000);
        for (var topic = 0; topic < 300; topic++)
            Set(store, new($"dev/{topic}", SizeBytes: topic, ExpiresAtMilliseconds: topic % 3 == 0 ? Now : long.MaxValue));
        var removed = new List<Message>();
        var slices = 1;
        while (!store.RemoveExpired(Now, maximumSteps: 50, removed))
            slices++;

        Assert.InRange(slices, 6, 8);
        Assert.Equal(100, removed.Count);
        Assert.All(removed, message => Assert.Equal(Now, message.ExpiresAtMilliseconds));
        Assert.Equal(200, store.Count);
        Assert.Equal((300 * 299 / 2) - removed.Sum(message => message.SizeBytes), store.SizeBytes);
        Assert.True(store.RemoveExpired(Now, maximumSteps: 1000, removed));
        Assert.Equal(100, removed.Count);
    }

    [Fact]
    public void RemoveExpired_NoneExpiresAnyMore_IsDoneAtOnce()
    {
        var store = Store(maximumCount: 1000, maximumBytes: 100_000);
        for (var topic = 0; topic < 300; topic++)
            Set(store, new($"dev/{topic}", SizeBytes: 1, ExpiresAtMilliseconds: long.MaxValue));
        Set(store, new("replaced", SizeBytes: 1, ExpiresAtMilliseconds: Now));
        Set(store, new("cleared", SizeBytes: 1, ExpiresAtMilliseconds: Now));
        List<Message> removed = [];
        Assert.False(store.RemoveExpired(Now - 1, maximumSteps: 1, removed));
        Set(store, new("replaced", SizeBytes: 1, ExpiresAtMilliseconds: long.MaxValue));
        Assert.False(store.RemoveExpired(Now - 1, maximumSteps: 1, removed));
        store.Clear("cleared"u8);
        Assert.True(store.RemoveExpired(Now - 1, maximumSteps: 1, removed));
        Set(store, new("dev/1", SizeBytes: 1, ExpiresAtMilliseconds: Now));
        Assert.False(store.RemoveExpired(Now - 1, maximumSteps: 1, removed));
        Assert.Empty(removed);
    }

    [Fact]
    public void RemoveExpired_WhileAScanIsOpen_DoesNotDisturbIt()
    {
        var store = Store(maximumCount: 1000);
        for (var topic = 0; topic < 50; topic++)
            Set(store, new($"dev/{topic}/state", SizeBytes: 1, ExpiresAtMilliseconds: topic % 2 == 0 ? Now : long.MaxValue));
        using var cursor = store.Find("dev/+/state"u8);
        var (found, steps) = (0, 40);
        while (cursor.MoveNext(Now - 1, ref steps, out _) == TopicCursorState.Found)
            found++;
        var removed = new List<Message>();
        store.RemoveExpired(Now, maximumSteps: 1000, removed);
        Assert.Equal(25, removed.Count);
        steps = 1000;
        while (cursor.MoveNext(Now, ref steps, out var message) == TopicCursorState.Found)
        {
            Assert.Equal(long.MaxValue, message!.ExpiresAtMilliseconds);
            found++;
        }
        Assert.InRange(found, 25, 49);
        Assert.Equal(25, Find(store, "#", Now).Count);
    }
}
