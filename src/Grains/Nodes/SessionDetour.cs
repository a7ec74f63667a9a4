using Microsoft.Extensions.Logging;
using OrleansBroker.Grains.Nodes.Items;
using OrleansBroker.Grains.Nodes.Lanes;
using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Grains.Nodes;

/// <summary>The FIFO of one session that is reached by grain calls; it ends when it is empty. Guarded by its session's lock.</summary>
internal sealed partial class SessionDetour(SessionRef session, SessionDetours detours, ISessionGrains grains, NodeSenders senders, ILogger logger)
{
    /// <summary>Items that nobody waits for; more of them find it full.</summary>
    public const int MaxDroppable = 8_192;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly LinkedList<NodeItem> _waiting = new();
    private int _underway;

    /// <summary>Of those that wait, how many nobody waits for.</summary>
    public int DroppableCount { get; private set; }

    public void Add(in NodeItem item)
    {
        _waiting.AddLast(item);
        if (IsDroppable(item)) DroppableCount++;
    }

    /// <summary>Older than all that wait, except what is under way already.</summary>
    public void PutFirst(IEnumerable<NodeItem> older)
    {
        var before = _waiting.First;
        for (var i = 0; i < _underway; i++) before = before!.Next;
        foreach (var item in older)
        {
            if (before is null) _waiting.AddLast(item);
            else _waiting.AddBefore(before, item);
        }
    }

    /// <param name="arrived">What was sent another way has arrived.</param>
    public async Task RunAsync(Task arrived)
    {
        await arrived;
        var grain = grains.For(session.ClientId);
        while (true)
        {
            await senders.HandedOver;
            if (Peek() is not { } batch) return;
            if (await TryCallAsync(grain, batch) is { } silo) Taken(silo);
            else await Task.Delay(RetryDelay, senders.Time);
        }
    }

    private static bool IsDroppable(in NodeItem item) => item is { Kind: NodeItemKind.Deliver, Token: 0 };

    private async Task<SiloAddress?> TryCallAsync(ISessionGrain grain, LaneBatch batch)
    {
        try
        {
            return await grain.DeliverAsync(batch.Bytes, senders.Self);
        }
        catch (Exception exception)
        {
            // Whatever the call failed of, what is not delivered stays first in line.
            LogFailed(exception, session.ClientId);
            return null;
        }
    }

    private LaneBatch? Peek()
    {
        lock (session)
        {
            if (_waiting.Count == 0)
            {
                // Whoever sees no detour finds everything delivered.
                detours.Ended(session);
                return null;
            }

            var batch = new LaneBatch();
            var now = senders.Clock.NowMilliseconds;
            _underway = 0;
            for (var at = _waiting.First; at is not null && batch.Fits(at.Value.Message?.SizeBytes ?? 0); at = at.Next)
            {
                batch.Add(at.Value, at.Value.Token, now, isDroppable: false, settleWhenAccepted: null);
                _underway++;
            }

            return batch;
        }
    }

    /// <summary>What the session has is at its silo now, should that die.</summary>
    private void Taken(SiloAddress silo)
    {
        lock (session)
        {
            for (; _underway > 0; _underway--)
            {
                var item = _waiting.First!.Value;
                _waiting.RemoveFirst();
                if (IsDroppable(item)) DroppableCount--;
                if (item is { Token: not 0, Source: null }) senders.Outstanding.Move(item.Token, silo);
            }

            session.Silo = silo;
        }
    }

    [LoggerMessage(2102, LogLevel.Warning, "Session {ClientId} not reached; tried again")]
    private partial void LogFailed(Exception exception, string clientId);
}
