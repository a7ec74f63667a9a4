using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Grains.Nodes;

/// <summary>The routes of one session that matched, between silos; three numbers per grant.</summary>
[GenerateSerializer, Immutable, Alias("broker.Match")]
public sealed record MatchRecord([property: Id(0)] long Incarnation, [property: Id(1)] uint[] Grants)
{
    private const int NumbersPerGrant = 3;
    private const uint NoLocalFlag = 4;
    private const uint RetainAsPublishedFlag = 8;
    private const uint QoSMask = 3;

    public static MatchRecord From(RouteMatch match)
    {
        var numbers = new uint[match.Grants.Length * NumbersPerGrant];
        for (var i = 0; i < match.Grants.Length; i++)
        {
            var grant = match.Grants[i];
            numbers[i * NumbersPerGrant] = grant.Version;
            numbers[(i * NumbersPerGrant) + 1] = grant.Identifier;
            numbers[(i * NumbersPerGrant) + 2] = (uint)grant.QoS
                | (grant.NoLocal ? NoLocalFlag : 0) | (grant.RetainAsPublished ? RetainAsPublishedFlag : 0);
        }

        return new MatchRecord(match.Incarnation, numbers);
    }

    public RouteMatch ToMatch(IReceiver receiver)
    {
        var grants = new RouteGrant[Grants.Length / NumbersPerGrant];
        for (var i = 0; i < grants.Length; i++)
        {
            var flags = Grants[(i * NumbersPerGrant) + 2];
            grants[i] = new RouteGrant(
                Grants[i * NumbersPerGrant],
                (QoS)(flags & QoSMask),
                (flags & NoLocalFlag) != 0,
                (flags & RetainAsPublishedFlag) != 0,
                Grants[(i * NumbersPerGrant) + 1]);
        }

        return new RouteMatch(receiver, Incarnation, grants);
    }
}
