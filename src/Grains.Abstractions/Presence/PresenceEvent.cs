using System.Runtime.InteropServices;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Presence;

/// <summary>Something that became of a session or its connection: 56 bytes of a core's ring, and the same between silos.</summary>
/// <param name="Incarnation">Identity of the session among all that its client id ever had; a later one is greater, by its core's clock.</param>
/// <param name="Epoch">Of the session, rising: events of one session are in this order.</param>
/// <param name="Gateway">The node of the connection; null where it is not known any more, and for the end of a session.</param>
/// <param name="At">UTC milliseconds.</param>
/// <param name="Version">Protocol level: 3, 4 or 5.</param>
/// <param name="Reason">Of a connection's end.</param>
[GenerateSerializer, Immutable, Alias("broker.PresenceEvent"), StructLayout(LayoutKind.Auto)]
public readonly record struct PresenceEvent(
    [property: Id(0)] PresenceKinds Kind,
    [property: Id(1)] string ClientId,
    [property: Id(2)] long Incarnation,
    [property: Id(3)] long Epoch,
    [property: Id(4)] SiloAddress? Gateway,
    [property: Id(5)] long At,
    [property: Id(6)] byte Version,
    [property: Id(7)] string? UserName,
    [property: Id(8)] ushort KeepAliveSeconds,
    [property: Id(9)] ReasonCode Reason)
{
    /// <summary>A connection comes before it goes, and goes before its session does.</summary>
    private int Rank => Kind switch
    {
        PresenceKinds.Connected => 0,
        PresenceKinds.Disconnected or PresenceKinds.TakenOver => 1,
        _ => 2,
    };

    /// <summary>Of the same client id: this one comes before the other, whichever nodes tell them.</summary>
    public bool Precedes(in PresenceEvent other)
    {
        if (Incarnation != other.Incarnation) return Incarnation < other.Incarnation;
        return Epoch == other.Epoch ? Rank < other.Rank : Epoch < other.Epoch;
    }
}
