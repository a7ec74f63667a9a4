using OrleansBroker.Broker.Sessions;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Sessions;

/// <summary>
/// A gateway's control operations on a session: ordinary grain calls, awaited, one at a time per connection and in
/// the order of the packets. Answers to the client do not return here: the session sends them through the
/// connection, so that nothing overtakes them (the call only says that it was taken).
/// </summary>
public interface ISessionControl
{
    /// <summary>CONNECT: on success the session has called <see cref="IGatewayConnection.Attached"/> on the connection.</summary>
    /// <returns>Success, or the reason that CONNACK must carry (0x88 when the store cannot be reached in time).</returns>
    ValueTask<ReasonCode> ConnectAsync(ConnectParameters parameters, IGatewayConnection connection, CancellationToken cancellationToken);

    /// <summary>SUBSCRIBE; filters that the gateway refused stand in <paramref name="refusals"/> with their reason (otherwise Success).</summary>
    ValueTask SubscribeAsync(string clientId, long connectionId, SubscribePacket packet, ReasonCode[] refusals);

    ValueTask UnsubscribeAsync(string clientId, long connectionId, UnsubscribePacket packet);

    /// <summary>The connection has ended, for whatever reason; called after its last publish was accepted.</summary>
    ValueTask DisconnectAsync(string clientId, long connectionId, ConnectionEnd end);
}
