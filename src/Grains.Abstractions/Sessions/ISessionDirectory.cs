namespace OrleansBroker.Grains.Sessions;

/// <summary>
/// All sessions of the cluster, connected or not, in memory or in the store alone. Reading them activates none and changes nothing. Every node answers for all.
/// </summary>
public interface ISessionDirectory
{
    /// <summary>
    /// A page of the sessions behind a client id, which need not exist: what was there throughout a walk from page to page comes once, whatever nodes and sessions do meanwhile.
    /// </summary>
    /// <param name="after">The last page's <see cref="SessionPage.Next"/>; null for the first page.</param>
    /// <param name="limit">1 to 1,000.</param>
    /// <param name="budget">The time to look for them: whoever is asked for few among many may get none, and goes on behind <see cref="SessionPage.Next"/>.</param>
    /// <exception cref="StoreUnreachableException">The store did not answer within the time.</exception>
    Task<SessionPage> ListAsync(SessionQuery query, string? after, int limit, TimeSpan budget, CancellationToken cancellation);

    /// <param name="withWillPayload">The will comes with its payload.</param>
    /// <exception cref="StoreUnreachableException">It is not in memory, and the store did not answer.</exception>
    Task<SessionAnswer<SessionDetails>> DescribeAsync(string clientId, bool withWillPayload, CancellationToken cancellation);

    /// <param name="after">Version of the subscription that the page begins behind; 0 for the first page.</param>
    /// <param name="limit">1 to 1,000.</param>
    /// <exception cref="StoreUnreachableException">It is not in memory, and the store did not answer.</exception>
    Task<SessionAnswer<SessionSubscriptions>> SubscriptionsAsync(string clientId, uint after, int limit, CancellationToken cancellation);

    /// <param name="after">Sequence of the message that the page begins behind; 0 for the first page.</param>
    /// <param name="limit">1 to 1,000; a page ends as well when it has some of 1 MiB.</param>
    /// <exception cref="StoreUnreachableException">The store, which has a part of it, did not answer.</exception>
    Task<SessionAnswer<SessionQueue>> QueueAsync(string clientId, long after, int limit, bool withPayloads, CancellationToken cancellation);
}
