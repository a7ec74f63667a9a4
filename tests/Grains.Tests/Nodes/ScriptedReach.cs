using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using OrleansBroker.Grains.Nodes;

namespace OrleansBroker.Grains.Tests.Nodes;

/// <summary>A cluster of addresses, of which the test says who reaches whom.</summary>
internal sealed class ScriptedReach : ISiloReach
{
    private int _pings;
    private int _looks;
    private int _questions;

    public ScriptedReach(int silos)
    {
        Active = [.. Enumerable.Range(1, silos).Select(static i => SiloAddress.New(IPAddress.Parse($"10.0.0.{i}"), 11_111, 7))];
        Self = Active[0];
    }

    public SiloAddress Self { get; }

    public ImmutableArray<SiloAddress> Active { get; set; }

    /// <summary>What a ping of the watched silo does; it is answered unless the test says otherwise.</summary>
    public Func<Task> Ping { get; set; } = static () => Task.CompletedTask;

    public bool IsRefusedHere { get; set; }

    /// <summary>What the other nodes say of the watched silo.</summary>
    public Func<SiloAddress, Task<bool>> Word { get; set; } = static _ => Task.FromResult(false);

    public bool HasStore { get; set; } = true;

    /// <summary>The second, which all of this is about.</summary>
    public SiloAddress Watched => Active[1];

    /// <summary>Of the watched silo.</summary>
    public int Pings => Volatile.Read(ref _pings);

    /// <summary>How often the watched silo's port was looked at from here.</summary>
    public int Looks => Volatile.Read(ref _looks);

    /// <summary>How often others were asked for their word.</summary>
    public int Questions => Volatile.Read(ref _questions);

    /// <summary>In order, those that failed included.</summary>
    public ConcurrentQueue<SiloAddress> Declared { get; } = [];

    /// <summary>As an ended process answers: not at all.</summary>
    public void Crash()
    {
        Ping = static () => Task.FromException(new OrleansException("There is no way to it."));
        IsRefusedHere = true;
    }

    public Task PingAsync(SiloAddress silo)
    {
        if (!silo.Equals(Watched)) return Task.CompletedTask;
        Interlocked.Increment(ref _pings);
        return Ping();
    }

    public Task<bool> IsRefusedAsync(SiloAddress silo)
    {
        Assert.Equal(Watched, silo);
        Interlocked.Increment(ref _looks);
        return Task.FromResult(IsRefusedHere);
    }

    public Task<bool> IsRefusedThereAsync(SiloAddress other, SiloAddress silo)
    {
        Assert.Equal(Watched, silo);
        Assert.NotEqual(Watched, other);
        Assert.NotEqual(Self, other);
        Interlocked.Increment(ref _questions);
        return Word(other);
    }

    public Task DeclareDeadAsync(SiloAddress silo)
    {
        Declared.Enqueue(silo);
        return HasStore ? Task.CompletedTask : Task.FromException(new TimeoutException("The store is down."));
    }
}
