using OrleansBroker.Grains.Timing;

namespace OrleansBroker.Grains.Sessions;

/// <summary>
/// A session's entry in the silo's wheel. It shifts when the process stood still: what the broker kept waiting is read before it is
/// called silent (invariant H12).
/// </summary>
internal sealed class SessionDeadline(SessionMonitor session) : WheelEntry(shiftsWhenLate: true)
{
    protected internal override long OnDue(long nowMilliseconds)
    {
        // The session's monitor schedules the next deadline itself.
        session.DeadlineReached();
        return Done;
    }
}
