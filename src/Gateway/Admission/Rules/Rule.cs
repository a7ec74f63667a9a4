namespace OrleansBroker.Gateway.Admission.Rules;

/// <summary>One line of an authorization file.</summary>
internal sealed record Rule(bool Allow, RuleSubject Subject, RuleAction Actions, FilterPattern Filter)
{
    /// <summary>Whether the rule can say anything about a connection.</summary>
    public bool AppliesTo(ClientIdentity identity, string clientId, in ClientNames names) =>
        Subject.Includes(identity, clientId) && Filter.AppliesTo(names);

    // A denial errs on the side of denying: its wildcards take '$' topics, and a filter that touches what is denied is denied.
    public bool DecidesPublish(ReadOnlySpan<byte> topic, in ClientNames names) => Filter.Matches(topic, names, wildcardsTakeDollar: !Allow);

    public bool DecidesSubscribe(ReadOnlySpan<byte> filter, in ClientNames names) => Allow ? Filter.Covers(filter, names) : Filter.Overlaps(filter, names);
}
