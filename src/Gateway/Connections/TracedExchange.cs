using System.Diagnostics;

namespace OrleansBroker.Gateway.Connections;

/// <summary>A QoS 2 message on its way in that is traced until its PUBREC.</summary>
internal sealed record TracedExchange(ushort PacketIdentifier, Activity Trace);
