using System.Net;
using OrleansBroker.Grains.Presence;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Tests.Presence;

/// <summary>Events as tests write and read them.</summary>
internal static class Happenings
{
    public static readonly PresenceFilter All = new("", PresenceKinds.All);

    public static PresenceEvent Of(string clientId, long epoch, PresenceKinds kind = PresenceKinds.Connected, long at = 0, long incarnation = 1) =>
        new(kind, clientId, incarnation, epoch, null, at, 5, null, 60, ReasonCode.Success);

    public static SiloAddress Node(int number) => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, number), 1);

    /// <summary>A source that holds these.</summary>
    public static FeedSource Source(int number, params PresenceEvent[] events)
    {
        var source = new FeedSource(Node(number), 0);
        source.Add(new PresencePage(events, [.. Enumerable.Range(0, events.Length).Select(static i => (long)i)], 0, events.Length, IsCurrent: true));
        return source;
    }

    public static string Text(FeedEntry entry) => entry switch
    {
        { Event: { } happened } => $"{happened.Kind} {happened.ClientId}",
        { Gap.Lost: { } lost } => $"gap {lost}",
        _ => "gap",
    };
}
