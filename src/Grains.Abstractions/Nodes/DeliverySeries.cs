namespace OrleansBroker.Grains.Nodes;

/// <summary>Deliveries of a silo whose tokens rise in the order in which a session gets them; those of another series say nothing about these.</summary>
/// <param name="Number">The upper bits of each token.</param>
public sealed record DeliverySeries(SiloAddress Silo, int Number)
{
    /// <summary>The series' number stands above: 2^40 deliveries in each, 2^23 series of a process.</summary>
    public const int SequenceBits = 40;

    public static int NumberOf(long token) => (int)(token >> SequenceBits);

    public static DeliverySeries Of(SiloAddress silo, long token) => new(silo, NumberOf(token));
}
