namespace OrleansBroker.Broker.Subscriptions;

/// <summary>A member's answer to an offer of its shared group.</summary>
public enum OfferAnswer : byte
{
    /// <summary>Taken: the member settles the publication.</summary>
    Accepted,

    /// <summary>Not connected or full; another member may take it.</summary>
    Declined,

    /// <summary>The member does not hold this subscription: its route is stale.</summary>
    Gone,
}
