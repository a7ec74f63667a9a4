using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Nodes;

namespace OrleansBroker.Grains.Sessions;

/// <summary>
/// One session as this silo's shards know it, interned per client id: its monitor when it is here, the way to it when it is
/// not. All routes of the session share it, so a location is repaired once (invariant H1).
/// </summary>
internal sealed class SessionRef(string clientId, LocalSessions sessions, SessionDetours detours) : IReceiver
{
    private SessionMonitor? _local;

    public string ClientId { get; } = clientId;

    /// <summary>The open monitor on this silo; null when there is none.</summary>
    public SessionMonitor? Local => Volatile.Read(ref _local);

    /// <summary>The silo that the session was last heard of on; null when unknown.</summary>
    public SiloAddress? Silo { get; set; }

    /// <summary>Routes, monitors and detours that hold this reference; see <see cref="LocalSessions"/>.</summary>
    public int Holders { get; set; }

    /// <summary>Remote sessions count as connected: their silo answers an offer for them.</summary>
    public bool IsConnected => Local is { } local ? local.IsConnected : Silo is not null;

    /// <inheritdoc/>
    public bool IsRemote => Local is null;

    /// <inheritdoc/>
    public bool HasBacklog => Local is { HasBacklog: true };

    public void Open(SessionMonitor monitor)
    {
        Volatile.Write(ref _local, monitor);
        sessions.Opened(this);
    }

    /// <summary>Removes the monitor, unless a successor has taken its place.</summary>
    public void Close(SessionMonitor monitor) => Interlocked.CompareExchange(ref _local, null, monitor);

    /// <summary>One more holder, while the caller is sure that there is another.</summary>
    public void Hold() => LocalSessions.Hold(this);

    public void Release() => sessions.Release(this);

    public void RouteAdded() => Hold();

    public void RouteRemoved() => Release();

    public void Deliver(Publication publication, RouteMatch match)
    {
        if (Local is { } local) local.Deliver(publication, match, DeliveryWay.Shard);
        else detours.Deliver(this, publication, match);
    }

    public void Offer(SharedOffer offer)
    {
        if (Local is { } local) local.Offer(offer, DeliveryWay.Shard);
        else detours.Offer(this, offer);
    }

    public void DeliverRetained(RetainedBatch batch)
    {
        if (Local is { } local) local.DeliverRetained(batch, DeliveryWay.Shard);
        else detours.DeliverRetained(this, batch);
    }

    public void ReturnShared(uint version)
    {
        if (Local is { } local) local.ReturnShared(version, DeliveryWay.Shard);
        else detours.ReturnShared(this, version);
    }
}
