using System.Collections.Concurrent;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Sessions.Listing;

namespace OrleansBroker.Grains.Sessions;

/// <summary>The sessions that this silo's shards and connections refer to, by client id, with the monitors of those that are here.</summary>
/// <param name="names">Is told of those that open here; null where nobody lists them.</param>
internal sealed class LocalSessions(SessionDetours detours, SessionNames? names = null)
{
    private readonly SessionDetours _detours = detours;
    private readonly ConcurrentDictionary<string, SessionRef> _sessions = new(StringComparer.Ordinal);

    public int Count => _sessions.Count;

    /// <summary>The open monitors of this silo, as it is walked.</summary>
    public IEnumerable<SessionMonitor> Open
    {
        get
        {
            foreach (var (_, session) in _sessions)
            {
                if (session.Local is { } monitor) yield return monitor;
            }
        }
    }

    /// <summary>The one reference to the session, held; the caller gives it back with <see cref="Release"/>.</summary>
    public SessionRef Hold(string clientId)
    {
        while (true)
        {
            var session = _sessions.GetOrAdd(clientId, static (id, sessions) => new SessionRef(id, sessions, sessions._detours), this);
            lock (session)
            {
                // Holders below 0: given up between the look-up and the lock.
                if (session.Holders < 0) continue;
                session.Holders++;
                return session;
            }
        }
    }

    /// <summary>One more holder of a reference that the caller's own holder keeps alive.</summary>
    public static void Hold(SessionRef session)
    {
        lock (session) session.Holders++;
    }

    public void Release(SessionRef session)
    {
        lock (session)
        {
            if (--session.Holders > 0) return;
            session.Holders = -1;
            _sessions.TryRemove(new KeyValuePair<string, SessionRef>(session.ClientId, session));
        }
    }

    /// <summary>The session is here from now on.</summary>
    public void Opened(SessionRef session) => names?.Added(session.ClientId);

    /// <summary>Where a session says that it is.</summary>
    public void Locate(SessionRef session, SiloAddress? silo) => _detours.Locate(session, silo);

    /// <summary>The open monitor of a session that is on this silo.</summary>
    public SessionMonitor? Find(string clientId) => _sessions.TryGetValue(clientId, out var session) ? session.Local : null;
}
