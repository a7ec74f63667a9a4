using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Nodes.Items;
using OrleansBroker.Grains.Nodes.Lanes;
using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Grains.Nodes;

/// <summary>A session is found elsewhere: a barrier goes the old way, and what follows waits until it has arrived.</summary>
internal sealed partial class SessionDetours
{
    /// <summary>The session is opened on this silo.</summary>
    public void Arrived(SessionRef session)
    {
        lock (session)
        {
            LeaveOldWay(session);
            session.Silo = _senders.Self;
        }
    }

    /// <summary>The session says where it is.</summary>
    public void Locate(SessionRef session, SiloAddress? silo)
    {
        lock (session)
        {
            if (silo is null || silo.Equals(session.Silo) || session.Local is not null || IsOn(session)) return;
            LeaveOldWay(session);
            session.Silo = IsOn(session) ? null : silo;
        }
    }

    /// <summary>A silo that was sent something for the session does not have it.</summary>
    public void Moved(LocalSessions sessions, string clientId, SiloAddress from)
    {
        var session = sessions.Hold(clientId);
        lock (session)
        {
            if (from.Equals(session.Silo))
            {
                LeaveOldWay(session);
                session.Silo = null; // the next call tells
            }
        }

        session.Release();
    }

    /// <summary>A silo has died: what it had not done for sessions comes first on the way to their next activations.</summary>
    public void Left(LocalSessions sessions, List<(long Token, Awaited Awaited)> left)
    {
        foreach (var ofSession in left.Where(static item => item.Awaited is { Session: not null, Target: Publication }).GroupBy(static item => item.Awaited.Session!.ClientId))
        {
            var session = sessions.Hold(ofSession.Key);
            lock (session)
            {
                _detours.Of(session).PutFirst(ofSession.Select(static item =>
                    SessionTable.Deliver(item.Awaited.Session!, (Publication)item.Awaited.Target, item.Awaited.Match!) with { Token = item.Token }));
            }

            session.Release();
        }

        foreach (var (token, awaited) in left)
        {
            // Another member is asked.
            if (awaited.Target is SharedOffer) _senders.Outstanding.Answered(token, OfferAnswer.Declined);
        }
    }

    private void LeaveOldWay(SessionRef session)
    {
        if (session.Silo is not { } old || old.Equals(_senders.Self) || IsOn(session)) return;
        // A broken lane has nothing on its way: what was not done is handed over.
        var barrier = new NodeItem { Kind = NodeItemKind.SessionBarrier, ClientId = session.ClientId };
        if (LaneTo(old, session).TryAppendBarrier(barrier, out var arrived)) _detours.Of(session, arrived);
    }
}
