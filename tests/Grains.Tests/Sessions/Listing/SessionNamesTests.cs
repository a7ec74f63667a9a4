using OrleansBroker.Grains.Sessions.Listing;
using OrleansBroker.Grains.Tests.Timing;

namespace OrleansBroker.Grains.Tests.Sessions.Listing;

public sealed class SessionNamesTests
{
    private readonly ManualTime _time = new(0);

    [Fact]
    public async Task Added_WhileNobodyLists_IsNotNoted()
    {
        using var names = new SessionNames(_time);
        names.Added("a");

        Assert.False(names.IsKept);
        Assert.Equal(["b"], (await names.ReadAsync(static () => ["b"], static _ => true)).Behind(null, ""));
    }

    [Fact]
    public async Task Added_WhileTheyAreMade_IsAmongThem()
    {
        using var names = new SessionNames(_time);
        await names.ReadAsync(All, static _ => true);

        Assert.Equal(["a", "b"], (await names.ReadAsync(static () => throw new InvalidOperationException("They are known."), static _ => true)).Behind(null, ""));

        IEnumerable<string> All()
        {
            yield return "a";
            names.Added("b");
        }
    }

    [Fact]
    public async Task Added_MoreThanAreKept_TheyAreMadeAnew()
    {
        using var names = new SessionNames(_time);
        await names.ReadAsync(static () => [], static _ => true);
        for (var i = 0; i <= 100_000; i++) names.Added($"{i}");

        Assert.False(names.IsKept);
        Assert.Equal(["all"], (await names.ReadAsync(static () => ["all"], static _ => true)).Behind(null, ""));
    }

    [Fact]
    public async Task ReadAsync_NotForAMinute_TheyAreDropped()
    {
        using var names = new SessionNames(_time);
        await names.ReadAsync(static () => ["a"], static _ => true);
        _time.Milliseconds = 45_000;
        await names.ReadAsync(static () => ["a"], static _ => true);
        _time.Milliseconds = 90_000;
        _time.FireTimer();
        Assert.True(names.IsKept);

        _time.Milliseconds = 105_000;
        _time.FireTimer();
        Assert.False(names.IsKept);
    }

    [Fact]
    public async Task ReadAsync_ManyHaveCome_ThoseThatAreGoneAreForgotten()
    {
        using var names = new SessionNames(_time);
        await names.ReadAsync(static () => ["gone", "stays"], static _ => true);
        for (var i = 0; i < 5_000; i++) names.Added($"x{i}");

        Assert.Equal(["stays"], (await names.ReadAsync(static () => [], static name => name == "stays")).Names);
    }
}
