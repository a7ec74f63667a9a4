using Xunit.v3;

namespace OrleansBroker;

/// <summary>
/// Names the statement of the standard that a test holds, as <c>MQTT5-3.1.2-22</c> or <c>MQTT311-3.1.2-24</c>;
/// <c>--filter-trait "Spec=MQTT5-3.1.2-22"</c> runs a statement's tests.
/// </summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, AllowMultiple = true)]
internal sealed class SpecAttribute(string statement) : Attribute, ITraitAttribute
{
    public string Statement { get; } = statement;

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("Spec", Statement)];
}
