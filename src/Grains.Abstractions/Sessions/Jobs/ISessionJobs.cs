namespace OrleansBroker.Grains.Sessions.Jobs;

/// <summary>
/// Commands for many sessions, carried out by this node at a limited rate. A job is in the node's memory alone and ends with it; it is kept for an hour after its end.
/// Any thread.
/// </summary>
public interface ISessionJobs
{
    /// <summary>Sessions a second.</summary>
    const int MaxRate = 10_000;

    /// <summary>Jobs that run at the same time.</summary>
    const int MaxRunning = 4;

    /// <summary>This node, which alone knows its jobs.</summary>
    string Node { get; }

    /// <summary>In the order of their starts.</summary>
    IReadOnlyList<SessionJob> All { get; }

    /// <returns>Null when <see cref="MaxRunning"/> run already.</returns>
    SessionJob? TryStart(SessionJobRequest request);

    /// <returns>Null when this node has no such job.</returns>
    SessionJob? Find(string id);

    /// <summary>What has not begun is not begun any more. Harmless for a job that has ended.</summary>
    /// <returns>The job as it stands then; null when this node has none.</returns>
    SessionJob? Cancel(string id);
}
