namespace OrleansBroker.Grains.Sessions.Commands;

/// <summary>One attachment of one session: both numbers, since a new session of the same client id counts its epochs anew.</summary>
/// <param name="Incarnation">Identity of the session among all that its client id ever had; 0 for no session, or <see cref="AnyIncarnation"/> where one is expected.</param>
/// <param name="Epoch">Raised by every CONNECT, and when the session goes on elsewhere under its connection.</param>
[GenerateSerializer, Immutable, Alias("broker.SessionStamp")]
public readonly record struct SessionStamp([property: Id(0)] long Incarnation, [property: Id(1)] long Epoch)
{
    public const long AnyIncarnation = 0;
}
