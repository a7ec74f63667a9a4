namespace OrleansBroker.Soak.Tests.Model;

/// <summary>What the standard lets be seen of one copy: its QoS, its retain flag, and the subscription identifiers, sorted, as text.</summary>
internal readonly record struct Delivery(int QoS, bool Retain, string Identifiers)
{
    public static string IdentifiersOf(IEnumerable<int> identifiers) => string.Join(',', identifiers.Where(identifier => identifier != 0).Order());

    public override string ToString() => $"qos={QoS} retain={Retain} identifiers=[{Identifiers}]";
}
