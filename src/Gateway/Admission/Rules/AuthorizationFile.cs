namespace OrleansBroker.Gateway.Admission.Rules;

/// <summary>Reads an authorization file: a rule a line, the first that matches decides; at the end <c>default allow</c> or <c>default deny</c>, which is what
/// holds without it. Format: docs/authorization.md.</summary>
public static class AuthorizationFile
{
    // A connection's rules are walked one after the other; who needs more wants another authorizer.
    internal const int MaxRules = 10_000;

    private const string DefaultWord = "default";

    /// <param name="path">UTF-8 text.</param>
    /// <param name="cacheEntries">Topics that a connection remembers; 0 remembers none.</param>
    /// <exception cref="AdmissionFileException">The file cannot be read, or a line is wrong.</exception>
    public static IAuthorizer Load(string path, int cacheEntries) => new RuleAuthorizer(Parse(path, AdmissionFile.ReadLines(path)), cacheEntries);

    internal static RuleSet Parse(string path, string[] lines)
    {
        var rules = new List<Rule>();
        bool? defaultAllow = null;
        for (int i = 0; i < lines.Length; i++)
        {
            if (AdmissionFile.IsBlank(lines[i]))
                continue;
            if (defaultAllow is not null)
                throw new AdmissionFileException(path, i + 1, "the default line must be the last one.");
            if (rules.Count == MaxRules)
                throw new AdmissionFileException(path, i + 1, $"more than {MaxRules} rules.");
            defaultAllow = ParseDefault(path, i + 1, lines[i]);
            if (defaultAllow is null)
                rules.Add(RuleParser.Parse(lines[i], out string reason) ?? throw new AdmissionFileException(path, i + 1, reason));
        }
        return RuleSet.Of(rules, defaultAllow ?? false);
    }

    // Null when the line is something else.
    private static bool? ParseDefault(string path, int number, string text)
    {
        var line = new RuleLine(text);
        if (line.ReadWord() != DefaultWord)
            return null;
        var effect = RuleParser.ParseEffect(line.ReadWord());
        return effect is null || line.ReadRest() is not null
            ? throw new AdmissionFileException(path, number, "a default line is: default allow|deny.")
            : effect;
    }
}
