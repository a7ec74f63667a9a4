using OrleansBroker.Soak.Tests.Model;

namespace OrleansBroker.Soak.Tests.Clients;

/// <summary>Topics, filters and shared groups of one round; no other round has them.</summary>
internal sealed class RoundPlan
{
    private const int Leaves = 8;
    private const int RetainedLeaves = 2;
    private const int HotBranches = 2;

    /// <summary>Identifiers from here on are those of shared subscriptions.</summary>
    private const int FirstSharedIdentifier = 1_000_000;

    private readonly int _branches;
    private readonly int[] _isCleared;
    private readonly (string Filter, string Name, bool MayLose)[] _groups;
    private long _empty;

    public RoundPlan(int round, int clients, Random random)
    {
        Prefix = $"r{round}";
        _branches = Math.Max(8, clients / 2);
        _isCleared = new int[_branches * RetainedLeaves];
        _groups = [.. Enumerable.Range(0, Math.Max(2, clients / 16)).Select(index => (SharedFilter(random), $"g{index}", index % 4 == 3))];
    }

    public string Prefix { get; }

    /// <summary>The first level alone decides nothing: the broker's shards follow the first two.</summary>
    public string Topic(Random random) => random.Next(100) switch
    {
        0 => Prefix,
        1 => $"{Prefix}/{Branch(random)}",
        2 => $"{Prefix}//{random.Next(Leaves)}",
        < 12 => $"{Prefix}/{Branch(random)}/{random.Next(Leaves)}/x",
        _ => $"{Prefix}/{Branch(random)}/{random.Next(Leaves)}",
    };

    /// <summary>Few, so that who subscribes widely does not get thousands.</summary>
    public string RetainedTopic(Random random) => $"{Prefix}/{Branch(random)}/{random.Next(RetainedLeaves)}";

    /// <summary>A topic for a message without payload, which is known by its topic alone.</summary>
    public string EmptyTopic(Random random) => $"{Prefix}/{Branch(random)}/e{Interlocked.Increment(ref _empty)}";

    /// <summary>A retained topic that nobody clears but the caller, and once: so that this message too is known by its topic.</summary>
    public string? TopicToClear(Random random)
    {
        var index = random.Next(_isCleared.Length);
        return Interlocked.Exchange(ref _isCleared[index], 1) == 1 ? null : $"{Prefix}/k{index / RetainedLeaves}/{index % RetainedLeaves}";
    }

    public string Filter(Random random) => random.Next(1000) switch
    {
        < 500 => Topic(random),
        < 620 => RetainedTopic(random),
        < 740 => $"{Prefix}/{Branch(random)}/+",
        < 860 => $"{Prefix}/{Branch(random)}/#",
        < 930 => $"+/{Branch(random)}/{random.Next(Leaves)}",
        < 960 => $"{Prefix}/{Branch(random)}/+/x",
        < 975 => $"{Prefix}/+/{random.Next(Leaves)}",
        < 985 => $"{Prefix}/+/+/x",
        < 990 => $"{Prefix}/+",
        < 994 => $"{Prefix}/#",
        < 997 => $"{Prefix}/+/+",
        _ => "#",
    };

    /// <summary>A topic that the filter matches.</summary>
    public string TopicOf(string filter)
    {
        var levels = filter.Split('/');
        return string.Join('/', levels.Select((level, index) => (level, index) switch
        {
            ("+" or "#", 0) => Prefix,
            ("+" or "#", 1) => "k0",
            ("+" or "#", _) => "0",
            _ => level,
        }));
    }

    public Grant Shared(Random random)
    {
        var index = random.Next(_groups.Length);
        var (filter, name, mayLose) = _groups[index];
        return new Grant(filter, name, mayLose ? random.Next(3) : random.Next(1, 3), NoLocal: false, random.Next(2) == 0, RetainHandling: 0, FirstSharedIdentifier + index);
    }

    /// <summary>Whether a copy with these identifiers came by a shared subscription; 3.x clients cannot tell.</summary>
    public static bool IsShared(string identifiers) => int.TryParse(identifiers, out var identifier) && identifier >= FirstSharedIdentifier;

    private string SharedFilter(Random random) => random.Next(4) switch
    {
        0 => $"{Prefix}/{Branch(random)}/+",
        1 => $"{Prefix}/+/{random.Next(Leaves)}",
        _ => $"{Prefix}/{Branch(random)}/#",
    };

    /// <summary>Two of them are busier than the others.</summary>
    private string Branch(Random random) => $"k{random.Next(random.Next(8) == 0 ? HotBranches : _branches)}";
}
