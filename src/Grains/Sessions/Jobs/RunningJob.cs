using OrleansBroker.Grains.Sessions.Commands;
using OrleansBroker.Grains.Time;

namespace OrleansBroker.Grains.Sessions.Jobs;

/// <summary>Walks the sessions page by page and gives each its command. A session that has changed since it was listed is left as it is.</summary>
internal sealed class RunningJob
{
    private const int PageSize = 100;

    /// <summary>Commands that are under way at the same time: at 2 ms each, more than the highest rate needs.</summary>
    private const int MaxUnderWay = 32;

    /// <summary>A store that is out of reach may come back.</summary>
    private const int ListAttempts = 30;

    /// <summary>Who waited for the store does not catch up by more than this.</summary>
    private static readonly TimeSpan MostLate = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ListBudget = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ListPause = TimeSpan.FromSeconds(1);

    private readonly SessionJobRequest _request;
    private readonly ISessionDirectory _directory;
    private readonly ISessionCommands _commands;
    private readonly BrokerClock _clock;
    private readonly CancellationToken _stopping;
    private readonly long _started;
    private readonly HashSet<string> _partial = [];
    private readonly Lock _lock = new();
    private JobState _state;
    private long _matched;
    private long _done;
    private long _skipped;
    private long _failed;
    private long? _ended;
    private string? _after;

    /// <param name="stopping">Of the node.</param>
    public RunningJob(string id, SessionJobRequest request, ISessionDirectory directory, ISessionCommands commands, BrokerClock clock, CancellationToken stopping)
    {
        Id = id;
        _request = request;
        _directory = directory;
        _commands = commands;
        _clock = clock;
        _started = NowUtc;
        _after = request.After;
        _stopping = stopping;
    }

    public string Id { get; }

    public bool IsRunning
    {
        get
        {
            lock (_lock) return _state == JobState.Running;
        }
    }

    /// <summary>UTC milliseconds; null while it runs.</summary>
    public long? EndedAt
    {
        get
        {
            lock (_lock) return _ended;
        }
    }

    public SessionJob Snapshot
    {
        get
        {
            lock (_lock) return new SessionJob(Id, _request, _state, _matched, _done, _skipped, _failed, _started, _ended, _after, [.. _partial.Order(StringComparer.Ordinal)]);
        }
    }

    private long NowUtc => _clock.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>What is under way is finished, and counted.</summary>
    public void Cancel() => End(JobState.Cancelled);

    /// <summary>Returns when nothing of the job is under way any more.</summary>
    /// <exception cref="StoreUnreachableException">Too often.</exception>
    public async Task RunAsync()
    {
        try
        {
            if (await WalkAsync(new Pace(_request.Rate, MostLate, _clock.TimeProvider))) End(JobState.Done);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            Cancel();
        }
        catch
        {
            End(JobState.Failed);
            throw;
        }
    }

    private void End(JobState state)
    {
        lock (_lock)
        {
            if (_state != JobState.Running) return;
            _state = state;
            _ended = NowUtc;
            if (state == JobState.Done) _after = null;
        }
    }

    /// <returns>False when it was cancelled.</returns>
    private async Task<bool> WalkAsync(Pace pace)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = MaxUnderWay, CancellationToken = _stopping };
        var after = _request.After;
        do
        {
            var page = await ListAsync(after);
            await Parallel.ForEachAsync(page.Items, options, async (item, cancellation) =>
            {
                await pace.WaitAsync(cancellation);
                if (IsRunning) await CommandAsync(item);
            });
            if (!IsRunning) return false;
            after = page.Next;
            lock (_lock) _after = after;
        }
        while (after is not null);

        return true;
    }

    private async Task<SessionPage> ListAsync(string? after)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var page = await _directory.ListAsync(_request.Query, after, PageSize, ListBudget, _stopping);
                lock (_lock) _partial.UnionWith(page.Partial);
                return page;
            }
            catch (StoreUnreachableException) when (attempt < ListAttempts && IsRunning)
            {
                await Task.Delay(ListPause, _clock.TimeProvider, _stopping);
            }
        }
    }

    private async Task CommandAsync(SessionItem item)
    {
        var outcome = CommandOutcome.NotReached;
        try
        {
            outcome = (await CommandAsync(item, new SessionStamp(item.Incarnation, item.Epoch))).Outcome;
        }
        catch (Exception)
        {
            // Whatever one session failed of, the others have their turn.
        }

        Count(outcome);
    }

    private Task<CommandAnswer> CommandAsync(SessionItem item, SessionStamp expected) => _request.Action == JobAction.End
        ? _commands.EndAsync(item.ClientId, _request.PublishWill, expected, CancellationToken.None)
        : _commands.DisconnectAsync(item.ClientId, _request.Reason, _request.PublishWill, _request.ServerReference, expected, CancellationToken.None);

    private void Count(CommandOutcome outcome)
    {
        lock (_lock)
        {
            _matched++;
            if (outcome == CommandOutcome.Done) _done++;
            else if (outcome is CommandOutcome.NoSession or CommandOutcome.NotConnected or CommandOutcome.Changed) _skipped++;
            else _failed++;
        }
    }
}
