using OrleansBroker.Grains.Sessions;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Connections;

/// <summary>How a connection ended: for the log, and for the session unless it knows already.</summary>
/// <param name="End">Null when no session had the connection.</param>
internal sealed record ClosedConnection(CloseCause Cause, ReasonCode Reason, ConnectionEnd? End);
