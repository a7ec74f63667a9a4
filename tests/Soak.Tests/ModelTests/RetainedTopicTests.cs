using OrleansBroker.Soak.Tests.Model;

namespace OrleansBroker.Soak.Tests.ModelTests;

public sealed class RetainedTopicTests
{
    [Fact]
    public void CurrentIn_NothingWritten_IsNone() => Assert.Equal([null], Current([], 10, 20));

    [Fact]
    public void CurrentIn_AfterAWrite_IsItsValue() => Assert.Equal([1], Current([Write(1, 10, 20)], 30, 40));

    [Fact]
    public void CurrentIn_DuringAWrite_IsEither() => Assert.Equal([null, 1], Current([Write(1, 10, 20)], 15, 16));

    [Fact]
    public void CurrentIn_AfterTwoWritesOneAfterTheOther_IsTheNewer() =>
        Assert.Equal([2], Current([Write(1, 10, 20), Write(2, 21, 30)], 31, 40));

    [Fact]
    public void CurrentIn_AfterTwoWritesAtTheSameTime_IsEither() =>
        Assert.Equal([1, 2], Current([Write(1, 10, 20), Write(2, 15, 30)], 31, 40));

    [Fact]
    public void CurrentIn_AfterAClear_IsNone() => Assert.Equal([null], Current([Write(1, 10, 20), Write(2, 21, 30, length: 0)], 31, 40));

    [Fact]
    public void CurrentIn_AfterAnUnansweredWrite_IsEither() =>
        Assert.Equal([1, 2], Current([Write(1, 10, 20), Write(2, 21, 30, isCertain: false)], 31, 40));

    [Fact]
    public void CurrentIn_ALongRead_IsAllThatWasCurrent() =>
        Assert.Equal([1, 2, 3], Current([Write(1, 10, 20), Write(2, 31, 32), Write(3, 33, 34)], 30, 40));

    private static List<int?> Current(IEnumerable<Message> messages, long begin, long end) =>
        [.. new RetainedTopic(messages).CurrentIn(new Window(begin, end)).Select(message => (int?)message?.Id).Order()];

    private static Message Write(long id, long begin, long end, int length = 20, bool isCertain = true) =>
        RoundBuilder.Message(id, "t", 1, begin, end, retain: true, length, isCertain);
}
