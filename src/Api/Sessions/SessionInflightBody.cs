using System.ComponentModel;

namespace OrleansBroker.Api.Sessions;

/// <summary>QoS 1 and 2 exchanges that have begun and not ended.</summary>
internal sealed record SessionInflightBody(
    [property: Description("To the client. 0 without connection: what was not acknowledged is sent again, and is among those that wait.")] int Outgoing,
    [property: Description("QoS 2 messages of the client.")] int Incoming,
    [property: Description("How many may be on their way to the client at once; absent when it is not known.")] int? Maximum);
