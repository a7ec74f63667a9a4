using Orleans.Concurrency;
using OrleansBroker.Grains.Sessions.Commands;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Sessions;

/// <summary>
/// The owner of one client id. Control operations run one after the other; messages and acknowledgements enter the activation's
/// monitor directly where it is local and come here only when it is not.
/// </summary>
[Alias("broker.ISessionGrain"), GrainInterfaceType("broker.session")]
public interface ISessionGrain : IGrainWithStringKey
{
    [Alias("Connect")]
    ValueTask<ReasonCode> ConnectAsync([Immutable] ConnectRequest request);

    /// <summary>A connection lives on whose session's silo is gone, or has given the session up (invariant B8).</summary>
    /// <returns>Success: the session has the connection and has told its gateway so. Session taken over: it is to be closed. Anything else: try again.</returns>
    [Alias("Reattach")]
    ValueTask<ReasonCode> ReattachAsync([Immutable] ReattachRequest request);

    /// <returns>False when the connection is not the session's: nothing happened.</returns>
    [Alias("Subscribe")]
    ValueTask<bool> SubscribeAsync([Immutable] SubscribeRequest request);

    /// <returns>False when the connection is not the session's: nothing happened.</returns>
    [Alias("Unsubscribe")]
    ValueTask<bool> UnsubscribeAsync([Immutable] UnsubscribeRequest request);

    /// <returns>False when the connection is not the session's: nothing happened.</returns>
    [Alias("Disconnect")]
    ValueTask<bool> DisconnectAsync(long connectionId, SiloAddress gateway, [Immutable] ConnectionEnd end);

    /// <summary>What a command would be aimed at now.</summary>
    [Alias("Aim")]
    ValueTask<CommandAnswer> AimAsync();

    /// <summary>An administrator ends the session.</summary>
    [Alias("EndFor")]
    ValueTask<CommandAnswer> EndForAsync([Immutable] EndCommand command);

    /// <summary>An administrator ends the connection.</summary>
    [Alias("DisconnectFor")]
    ValueTask<CommandAnswer> DisconnectForAsync([Immutable] DisconnectCommand command);

    /// <summary>An administrator subscribes the session.</summary>
    [Alias("SubscribeFor")]
    ValueTask<CommandAnswer> SubscribeForAsync([Immutable] SubscribeCommand command);

    /// <summary>An administrator ends a subscription.</summary>
    [Alias("UnsubscribeFor")]
    ValueTask<CommandAnswer> UnsubscribeForAsync([Immutable] UnsubscribeCommand command);

    /// <summary>The session has ended and its routes are being removed: clears up unless a new session began meanwhile.</summary>
    [Alias("Ended"), OneWay]
    ValueTask EndedAsync();

    /// <summary>Something of the session may be due, or the node of its connection is gone: the activation finds out.</summary>
    [Alias("Wake"), OneWay]
    ValueTask WakeAsync();

    /// <summary>A session without connection was given nothing for a while: the activation goes, unless that has changed.</summary>
    [Alias("Leave"), OneWay]
    ValueTask LeaveAsync();

    /// <summary>The session goes on at another silo as soon as it can; a client whose connection is on a third one does not notice.</summary>
    [Alias("Move")]
    ValueTask MoveAsync(SiloAddress to);

    /// <summary>Deliveries that found no open monitor where the session was believed to be; in order, encoded as in a lane.</summary>
    /// <returns>Where the session is.</returns>
    [Alias("Deliver"), AlwaysInterleave]
    ValueTask<SiloAddress> DeliverAsync([Immutable] ReadOnlyMemory<byte> batch, SiloAddress from);
}
