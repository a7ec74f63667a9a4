using OrleansBroker.Grains.Timing;

namespace OrleansBroker.Grains.Sessions;

/// <summary>A session's entry in the silo's wheel.</summary>
internal sealed class SessionDeadline(SessionMonitor session) : WheelEntry
{
    protected override void OnDue() => session.DeadlineReached();
}
