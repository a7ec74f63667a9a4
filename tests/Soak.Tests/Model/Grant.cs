namespace OrleansBroker.Soak.Tests.Model;

/// <summary>A subscription as SUBACK granted it; every SUBSCRIBE makes one of its own, also one to the same filter.</summary>
/// <param name="Filter">What is matched: without <c>$share/…/</c>.</param>
/// <param name="ShareName">Null for a subscription of the session alone.</param>
/// <param name="Identifier">0 for none.</param>
internal sealed record Grant(string Filter, string? ShareName, int QoS, bool NoLocal, bool RetainAsPublished, int RetainHandling, int Identifier)
{
    public string Text => ShareName is null ? Filter : $"$share/{ShareName}/{Filter}";

    public int Options => QoS | (NoLocal ? 0x04 : 0) | (RetainAsPublished ? 0x08 : 0) | (RetainHandling << 4);

    public override string ToString() => $"{Text} qos={QoS} nl={NoLocal} rap={RetainAsPublished} rh={RetainHandling} id={Identifier}";
}
