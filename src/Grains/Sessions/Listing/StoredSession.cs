using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Records;
using OrleansBroker.Grains.Time;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Sessions.Listing;

/// <summary>A session as the store has it.</summary>
/// <param name="IsAttached">It was connected when its header was written last.</param>
/// <param name="AttachedTo">The gateway that it was connected to, as the store knows it.</param>
/// <param name="Subscriptions">Only where asked for.</param>
internal sealed record StoredSession(SessionItem Item, bool IsAttached, string? AttachedTo, Subscription[] Subscriptions)
{
    /// <summary>Null when the journal holds no session that outlives its connection.</summary>
    public static StoredSession? Read(JournalDigest digest)
    {
        if (digest.Header is not { } header) return null;
        var fields = new RecordFields(header.Span);
        var incarnation = fields.Int64();
        var epoch = fields.Int64();
        var version = fields.Byte();
        var expiry = fields.UInt32();
        var disconnectedAt = fields.Int64();
        var userName = fields.Text();
        if (incarnation == 0 || expiry == 0) return null;
        var subscriptions = digest.Values.Select(static value => SessionReplay.ReadSubscription(value.Span)).OfType<Subscription>()
            .Where(static subscription => subscription.State != SubscriptionState.Removing).ToArray();
        var item = new SessionItem
        {
            ClientId = digest.Journal.Key,
            Parts = SessionParts.Store,
            Incarnation = incarnation,
            Epoch = epoch,
            Version = version,
            UserName = userName,
            ExpiryIntervalSeconds = expiry,
            DisconnectedAt = disconnectedAt,
            Queued = digest.Count,
            QueuedBytes = digest.PayloadBytes,
            Subscriptions = subscriptions.Length,
            HasMore = digest.HasMore,
        };
        return new StoredSession(item, disconnectedAt == 0, digest.AttachedOwner, subscriptions);
    }

    /// <summary>Its connection lives if the gateway that the store names could not be asked; whoever was asked would have said so.</summary>
    public SessionItem AsFound(IEnumerable<SiloAddress> silent) =>
        IsAttached && HeldClients.Parse(AttachedTo) is { } gateway && silent.Contains(gateway) ? Item with { IsConnected = true, Gateway = gateway } : Item;

    /// <summary>It has not been cleared away yet.</summary>
    public bool HasExpired(BrokerClock clock) => Item.ExpiresAt < clock.ToUtcMilliseconds(clock.NowMilliseconds);
}
