using OrleansBroker.Cluster.Nodes;

namespace OrleansBroker.Cluster.Load;

/// <summary>A publisher of 1, 2, 3, … at a fixed rate, and a subscriber of its own behind another gateway.</summary>
internal sealed class Pair
{
    private readonly int _rate;
    private long _began;

    public Pair(RunningNodes nodes, int index, int rate)
    {
        _rate = rate;
        Kind = PairKind.Of(index);
        // Two levels choose the shard.
        Topic = $"pair/{index}/numbers";
        Publisher = new PairPublisher(this, nodes, index);
        Subscriber = new PairSubscriber(this, nodes, index + 1);
    }

    public PairKind Kind { get; }

    public string Topic { get; }

    public PairPublisher Publisher { get; }

    public PairSubscriber Subscriber { get; }

    /// <summary>What was acknowledged and is owed, and has not come.</summary>
    public int Lost => Publisher.Acknowledged.Count(number => !Subscriber.HasOrIsNotOwed(number));

    public void Begin() => _began = TimeProvider.System.GetTimestamp();

    /// <summary>When a number has to be sent, whether it can be or not: what it waits for its publisher counts, too.</summary>
    public long DueAt(int number) => _began + (number * TimeProvider.System.TimestampFrequency / _rate);
}
