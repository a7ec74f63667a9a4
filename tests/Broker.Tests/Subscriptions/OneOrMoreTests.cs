using OrleansBroker.Broker.Subscriptions;

namespace OrleansBroker.Broker.Tests.Subscriptions;

public sealed class OneOrMoreTests
{
    private OneOrMore<string> _list;

    [Fact]
    public void Changes_Random_AgreeWithAList()
    {
        var random = new Random(1);
        List<string> expected = [];
        for (var i = 0; i < 20_000; i++)
        {
            Change(random, expected, $"{i}");
            Assert.Equal(expected, _list.Items.ToArray());
            Assert.Equal(expected.Count, _list.Count);
        }
    }

    [Fact]
    public void RemoveAt_TheOnlyItem_LetsItGo()
    {
        var removed = AddAndRemove();
        GC.Collect();
        Assert.False(removed.IsAlive);
        Assert.True(_list.Items.IsEmpty);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private WeakReference AddAndRemove()
    {
        var item = new string('x', 3);
        _list.Add(item);
        _list.RemoveAt(0);
        return new WeakReference(item);
    }

    private void Change(Random random, List<string> expected, string item)
    {
        var choice = random.Next(expected.Count > 5 ? 12 : 8);
        if (choice < 4 || expected.Count == 0)
        {
            _list.Add(item);
            expected.Add(item);
        }
        else if (choice == 4 && random.Next(20) == 0)
        {
            _list.Clear();
            expected.Clear();
        }
        else if (choice < 6)
        {
            var index = random.Next(expected.Count);
            _list[index] = item;
            expected[index] = item;
        }
        else
        {
            var index = random.Next(expected.Count);
            _list.RemoveAt(index);
            expected[index] = expected[^1];
            expected.RemoveAt(expected.Count - 1);
        }
    }
}
