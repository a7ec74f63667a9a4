namespace OrleansBroker.Soak.Tests.Model;

/// <summary>What a message becomes for a session that holds these subscriptions. This is the whole of the standard's rule.</summary>
internal static class Routing
{
    /// <summary>One copy for all matching subscriptions (MQTT5 section 3.3.4; this broker never sends one for each); null for none.</summary>
    public static Delivery? Of(Message message, string receiverClientId, IEnumerable<Grant> held)
    {
        // [MQTT5-3.8.3-3]
        var counting = held.Where(grant => !(grant.NoLocal && message.ClientId == receiverClientId)).ToList();
        if (counting.Count == 0)
            return null;
        return new Delivery(
            Math.Min(message.QoS, counting.Max(grant => grant.QoS)),
            message.Retain && counting.Exists(grant => grant.RetainAsPublished),
            Delivery.IdentifiersOf(counting.Select(grant => grant.Identifier)));
    }

    /// <summary>A retained message for a new subscription: that one alone counts. Null for none: No Local makes no difference between live and retained.</summary>
    public static Delivery? Retained(Message message, string receiverClientId, Grant grant) =>
        Of(message, receiverClientId, [grant]) is { } delivery ? delivery with { Retain = true } : null;

    /// <summary>Every result that some combination of possibly held subscriptions gives; null among them: nothing.</summary>
    /// <param name="held">For each matching filter what may have been held.</param>
    public static HashSet<Delivery?> Possible(Message message, string receiverClientId, IReadOnlyList<List<Grant?>> held)
    {
        var results = new HashSet<Delivery?>();
        var chosen = new Grant?[held.Count];
        Choose(0);
        return results;

        void Choose(int index)
        {
            if (index == held.Count)
            {
                results.Add(Of(message, receiverClientId, chosen.OfType<Grant>()));
                return;
            }

            foreach (var grant in held[index])
            {
                chosen[index] = grant;
                Choose(index + 1);
            }
        }
    }
}
