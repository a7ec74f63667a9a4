using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Sessions.Commands;

/// <summary>
/// An administrator's commands on sessions, wherever in the cluster they and their connections are. A command whose session's node dies meanwhile is given again to the
/// next one; none makes a session that does not exist. Any thread.
/// </summary>
public interface ISessionCommands
{
    /// <summary>Ends the session: a 5.0 client is told 0x98, its subscriptions go, its queue is dropped, its journal is deleted.</summary>
    /// <param name="publishWill">As at any end of a session [MQTT5-3.1.2-8]; false suppresses it.</param>
    /// <param name="expected">Null for whichever there is; another than this is <see cref="CommandOutcome.Changed"/>.</param>
    Task<CommandAnswer> EndAsync(string clientId, bool publishWill, SessionStamp? expected, CancellationToken cancellation);

    /// <summary>Ends the connection; the session stays by its expiry interval.</summary>
    /// <param name="reason">One that a server's DISCONNECT may have.</param>
    /// <param name="serverReference">With 0x9C and 0x9D alone.</param>
    /// <inheritdoc cref="EndAsync"/>
    Task<CommandAnswer> DisconnectAsync(
        string clientId, ReasonCode reason, bool publishWill, string? serverReference, SessionStamp? expected, CancellationToken cancellation);

    /// <summary>
    /// Subscribes the session, connected or not, as a SUBSCRIBE of its client would; the client's own rules of authorization are not asked. Done when it is stored and all
    /// shards have its routes.
    /// </summary>
    /// <param name="identifier">Subscription Identifier, 0 for none.</param>
    /// <returns>With the QoS that was granted, and whether the subscription was there before.</returns>
    /// <inheritdoc cref="EndAsync"/>
    Task<CommandAnswer> SubscribeAsync(string clientId, FilterRequest filter, uint identifier, SessionStamp? expected, CancellationToken cancellation);

    /// <summary>Ends the subscription as an UNSUBSCRIBE would.</summary>
    /// <inheritdoc cref="EndAsync"/>
    Task<CommandAnswer> UnsubscribeAsync(string clientId, string filter, SessionStamp? expected, CancellationToken cancellation);
}
