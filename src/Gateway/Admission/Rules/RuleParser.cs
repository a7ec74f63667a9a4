namespace OrleansBroker.Gateway.Admission.Rules;

/// <summary>Grammar of a rule: <c>(allow | deny) [user NAME | client ID | all] (publish | subscribe | all) FILTER</c>.</summary>
internal static class RuleParser
{
    private const string Shape = "a rule is: allow|deny [user NAME|client ID|all] publish|subscribe|all FILTER.";

    /// <returns>Null, and the reason, when the text is no rule.</returns>
    public static Rule? Parse(string text, out string reason)
    {
        reason = Shape;
        var line = new RuleLine(text);
        if (ParseEffect(line.ReadWord()) is not { } allow)
            return null;
        string? word = line.ReadWord();
        if (!TryReadSubject(ref line, ref word, out var subject) || ParseAction(word) is not { } actions || line.ReadRest() is not { } filter)
            return null;
        var pattern = FilterPattern.Parse(filter, out string refused);
        if (pattern is null)
        {
            reason = refused;
            return null;
        }
        return new(allow, subject, actions, pattern);
    }

    /// <summary>allow is true; null for another word.</summary>
    public static bool? ParseEffect(string? word) => word switch
    {
        "allow" => true,
        "deny" => false,
        _ => null,
    };

    // Leaves in word the one after the subject. Without a subject the rule is for all.
    private static bool TryReadSubject(ref RuleLine line, ref string? word, out RuleSubject subject)
    {
        subject = default;
        if (word is "publish" or "subscribe")
            return true;
        if (word is "user" or "client")
        {
            if (line.ReadWord() is not { Length: > 0 } name)
                return false;
            subject = word == "user" ? new(name, null) : new(null, name);
        }
        else if (word != "all")
        {
            return false;
        }
        word = line.ReadWord();
        return true;
    }

    private static RuleAction? ParseAction(string? word) => word switch
    {
        "publish" => RuleAction.Publish,
        "subscribe" => RuleAction.Subscribe,
        "all" => RuleAction.All,
        _ => null,
    };
}
