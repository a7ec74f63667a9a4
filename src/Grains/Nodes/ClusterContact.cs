using System.Collections.Concurrent;
using OrleansBroker.Grains.Time;

namespace OrleansBroker.Grains.Nodes;

/// <summary>Signs of life of the other nodes, asked for when a gateway doubts that it still belongs to them: no membership table is needed for it.</summary>
internal sealed class ClusterContact(ClusterView view, NodeClient client, BrokerClock clock) : IClusterContact
{
    /// <summary>An answer counts for this long; it is asked for several times meanwhile.</summary>
    internal static readonly TimeSpan Validity = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<SiloAddress, Signs> _signs = new();

    /// <inheritdoc/>
    public bool HasOtherGateway => view.Gateways.Any(silo => !silo.Equals(view.Self));

    /// <inheritdoc/>
    public bool IsInTouch
    {
        get
        {
            var others = view.Active.Remove(view.Self);
            if (others.IsEmpty) return view.Cores.Contains(view.Self);
            var answering = others.Where(silo => _signs.TryGetValue(silo, out var signs) && signs.IsRecent(clock.TimeProvider)).ToList();
            return answering.Count * 2 >= others.Length && answering.Exists(silo => view.Cores.Contains(silo));
        }
    }

    /// <inheritdoc/>
    public void Ask()
    {
        var others = view.Active.Remove(view.Self);
        foreach (var gone in _signs.Keys.Except(others)) _signs.TryRemove(gone, out _);
        foreach (var silo in others)
        {
            var signs = _signs.GetOrAdd(silo, static _ => new Signs());
            if (signs.TryAsk()) _ = Task.Run(() => AskAsync(silo, signs));
        }
    }

    private async Task AskAsync(SiloAddress silo, Signs signs)
    {
        try
        {
            await client.For(silo).PingAsync();
            signs.Answered(clock.TimeProvider);
        }
        catch (Exception)
        {
            // No answer, whatever the call failed of: that says it all.
            signs.NotAnswered();
        }
    }

    /// <summary>Of one node.</summary>
    private sealed class Signs
    {
        private long _answeredAt;
        private int _hasAnswered;
        private int _isAsked;

        public bool IsRecent(TimeProvider time) => Volatile.Read(ref _hasAnswered) != 0 && time.GetElapsedTime(Volatile.Read(ref _answeredAt)) < Validity;

        public bool TryAsk() => Interlocked.Exchange(ref _isAsked, 1) == 0;

        public void Answered(TimeProvider time)
        {
            Volatile.Write(ref _answeredAt, time.GetTimestamp());
            Volatile.Write(ref _hasAnswered, 1);
            NotAnswered();
        }

        public void NotAnswered() => Volatile.Write(ref _isAsked, 0);
    }
}
