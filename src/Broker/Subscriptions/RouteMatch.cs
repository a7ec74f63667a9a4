using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Broker.Subscriptions;

/// <summary>
/// All routes of one session that match one topic, merged: overlapping subscriptions bring one copy with the
/// highest QoS [MQTT5-3.3.4-2] [MQTT311-3.3.5-1] and every identifier [MQTT5-3.3.4-3]. Immutable, cached per topic and shared by deliveries.
/// </summary>
public sealed class RouteMatch
{
    public RouteMatch(IReceiver receiver, long incarnation, RouteGrant[] grants)
    {
        Receiver = receiver;
        Incarnation = incarnation;
        Grants = grants;
        QoS = QoS.AtMostOnce;
        List<uint>? identifiers = null;
        foreach (var grant in grants)
        {
            if (grant.QoS > QoS) QoS = grant.QoS;
            RetainAsPublished |= grant.RetainAsPublished;
            AnyNoLocal |= grant.NoLocal;
            if (grant.Identifier != 0) (identifiers ??= []).Add(grant.Identifier);
        }

        Identifiers = identifiers?.ToArray();
    }

    public IReceiver Receiver { get; }

    public long Incarnation { get; }

    public RouteGrant[] Grants { get; }

    /// <summary>The highest granted QoS; the message's own caps it [MQTT5-3.8.4-8] [MQTT311-3.8.4-6].</summary>
    public QoS QoS { get; }

    public bool RetainAsPublished { get; }

    public bool AnyNoLocal { get; }

    public uint[]? Identifiers { get; }

    /// <summary>The same match with only those grants that <paramref name="keep"/> accepts, or null when none is left.</summary>
    public RouteMatch? Where<TState>(TState state, Func<TState, RouteGrant, bool> keep)
    {
        var left = new List<RouteGrant>(Grants.Length);
        foreach (var grant in Grants)
        {
            if (keep(state, grant)) left.Add(grant);
        }

        if (left.Count == Grants.Length) return this;
        return left.Count == 0 ? null : new RouteMatch(Receiver, Incarnation, [.. left]);
    }
}
