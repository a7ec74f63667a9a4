namespace OrleansBroker.Gateway.Admission.Rules;

/// <summary>The rules of an authorization file, split by action, in the order of the file; does not change.</summary>
/// <param name="DefaultAllow">What holds when no rule decides.</param>
internal sealed record RuleSet(Rule[] Publish, Rule[] Subscribe, bool DefaultAllow)
{
    public static RuleSet Of(IReadOnlyList<Rule> rules, bool defaultAllow) => new(
        [.. rules.Where(rule => rule.Actions.HasFlag(RuleAction.Publish))],
        [.. rules.Where(rule => rule.Actions.HasFlag(RuleAction.Subscribe))],
        defaultAllow);
}
