using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Sessions.Commands;
using OrleansBroker.Grains.Time;

namespace OrleansBroker.Grains.Sessions.Jobs;

/// <summary>This node's jobs: some that run, and those that have ended within the last hour.</summary>
internal sealed partial class SessionJobs(
    ISessionDirectory directory, ISessionCommands commands, ClusterView cluster, BrokerClock clock, IHostApplicationLifetime lifetime, ILogger<SessionJobs> logger) : ISessionJobs
{
    /// <summary>Of those that have ended; some 500 bytes each, and a filter of at most a request's size.</summary>
    private const int MaxKept = 100;

    private const int IdBytes = 9; // 12 characters

    private static readonly TimeSpan KeptFor = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly List<RunningJob> _jobs = [];

    public string Node => cluster.Self.ToParsableString();

    public IReadOnlyList<SessionJob> All
    {
        get
        {
            lock (_lock)
            {
                Forget();
                return _jobs.ConvertAll(static job => job.Snapshot);
            }
        }
    }

    public SessionJob? TryStart(SessionJobRequest request)
    {
        var id = System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(IdBytes));
        var job = new RunningJob(id, request, directory, commands, clock, lifetime.ApplicationStopping);
        if (!TryAdd(job)) return null;
        LogStarted(id, request.Action, request.Rate);
        _ = Task.Run(() => RunAsync(job));
        return job.Snapshot;
    }

    public SessionJob? Find(string id) => All.FirstOrDefault(job => job.Id == id);

    public SessionJob? Cancel(string id)
    {
        RunningJob? found;
        lock (_lock) found = _jobs.Find(job => job.Id == id);
        found?.Cancel();
        return found?.Snapshot;
    }

    private bool TryAdd(RunningJob job)
    {
        lock (_lock)
        {
            Forget();
            if (_jobs.Count(static other => other.IsRunning) >= ISessionJobs.MaxRunning) return false;
            _jobs.Add(job);
            return true;
        }
    }

    private async Task RunAsync(RunningJob job)
    {
        try
        {
            await job.RunAsync();
        }
        catch (Exception failure)
        {
            // Whatever the listing failed of, the job says that it did.
            LogFailed(failure, job.Id);
        }

        var ended = job.Snapshot;
        LogEnded(ended.Id, ended.State, ended.Matched, ended.Done, ended.Skipped, ended.Failed);
    }

    private void Forget()
    {
        var before = (clock.TimeProvider.GetUtcNow() - KeptFor).ToUnixTimeMilliseconds();
        _jobs.RemoveAll(job => job.EndedAt < before);
        var ended = _jobs.FindAll(static job => !job.IsRunning);
        foreach (var job in ended[..Math.Max(0, ended.Count - MaxKept)]) _jobs.Remove(job);
    }

    [LoggerMessage(2050, LogLevel.Information, "Job {Id}: {Action} of sessions, at {Rate} a second")]
    private partial void LogStarted(string id, JobAction action, int rate);

    [LoggerMessage(2051, LogLevel.Information, "Job {Id} is {State}: matched={Matched} done={Done} skipped={Skipped} failed={Failed}")]
    private partial void LogEnded(string id, JobState state, long matched, long done, long skipped, long failed);

    [LoggerMessage(2052, LogLevel.Warning, "Job {Id}: the sessions cannot be listed")]
    private partial void LogFailed(Exception failure, string id);
}
