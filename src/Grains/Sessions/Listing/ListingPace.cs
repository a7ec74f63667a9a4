using OrleansBroker.Broker.Options;
using OrleansBroker.Grains.Time;

namespace OrleansBroker.Grains.Sessions.Listing;

/// <summary>
/// Who lists without pause would otherwise take as much of the processors as there is, and messages wait for their turn: measured with two processors, their p99 was nine times what it is.
/// What is listed now and then comes at once.
/// </summary>
internal sealed class ListingPace(LimitsOptions limits, BrokerClock clock)
{
    /// <summary>To look at a session takes some 3 µs, to show one 6 more.</summary>
    private const int UnitsToShow = 2;

    /// <summary>20,000 sessions with two processors.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(4);

    private readonly Pace _pace = new(limits.ListedSessionsPerSecond * (1 + UnitsToShow) * Environment.ProcessorCount, AtOnce, clock.TimeProvider);

    /// <summary>Until more may be looked at.</summary>
    public Task WaitAsync(CancellationToken cancellation) => _pace.WaitAsync(cancellation);

    public void Add(int looked, int shown) => _pace.Add(looked + (UnitsToShow * shown));
}
