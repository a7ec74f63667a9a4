using System.Text;

namespace OrleansBroker.Gateway.Admission.Rules;

/// <summary>The filter of a rule: a topic filter in which a whole level may be <c>%c</c> or <c>%u</c>.</summary>
internal sealed partial class FilterPattern
{
    private const int MaxBytes = 65_535;
    private const byte Dollar = (byte)'$';

    private readonly PatternLevel[] _levels;

    // The literal levels in front: what does not begin with them does not match, and most rules are out after this one comparison.
    private readonly byte[] _prefix;

    private FilterPattern(PatternLevel[] levels)
    {
        _levels = levels;
        _prefix = Encoding.UTF8.GetBytes(string.Join('/', levels.TakeWhile(level => level.Kind == PatternLevelKind.Literal).Select(level => Encoding.UTF8.GetString(level.Text))));
    }

    private bool NeedsClientId => Array.Exists(_levels, level => level.Kind == PatternLevelKind.ClientId);

    private bool NeedsUserName => Array.Exists(_levels, level => level.Kind == PatternLevelKind.UserName);

    /// <returns>Null, and the reason, when the text is no such filter.</returns>
    public static FilterPattern? Parse(string text, out string reason)
    {
        reason = "";
        if (text.Length == 0 || text.Contains('\0', StringComparison.Ordinal) || Encoding.UTF8.GetByteCount(text) > MaxBytes)
            reason = $"a filter has 1 to {MaxBytes} bytes and no U+0000.";
        else if (text.StartsWith("$share/", StringComparison.Ordinal))
            reason = "write the filter without $share/NAME/; the rule holds for shared subscriptions too.";
        if (reason.Length > 0)
            return null;
        string[] parts = text.Split('/');
        var levels = new PatternLevel[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            levels[i] = Level(parts[i]);
            reason = Refuse(levels[i].Kind, parts[i], isLast: i == parts.Length - 1);
            if (reason.Length > 0)
                return null;
        }
        return new(levels);
    }

    /// <summary>Whether the pattern can match anything for a client: it has the names that the pattern needs.</summary>
    public bool AppliesTo(in ClientNames names) => (!NeedsClientId || names.ClientId is not null) && (!NeedsUserName || names.UserName is not null);

    private static PatternLevel Level(string part) => part switch
    {
        "+" => new(PatternLevelKind.Plus, []),
        "#" => new(PatternLevelKind.Hash, []),
        "%c" => new(PatternLevelKind.ClientId, []),
        "%u" => new(PatternLevelKind.UserName, []),
        _ => new(PatternLevelKind.Literal, Encoding.UTF8.GetBytes(part)),
    };

    private static string Refuse(PatternLevelKind kind, string part, bool isLast)
    {
        if (kind == PatternLevelKind.Hash && !isLast)
            return "'#' must be the last level."; // [MQTT5-4.7.1-1]
        if (kind != PatternLevelKind.Literal)
            return "";
        if (part.AsSpan().ContainsAny('+', '#'))
            return $"in \"{part}\", '+' or '#' must be a whole level."; // [MQTT5-4.7.1-1] [MQTT5-4.7.1-2]
        return part.Contains("%c", StringComparison.Ordinal) || part.Contains("%u", StringComparison.Ordinal)
            ? $"in \"{part}\", '%c' or '%u' must be a whole level."
            : "";
    }

    // The text of a level that is not a wildcard.
    private static ReadOnlySpan<byte> TextOf(in PatternLevel level, in ClientNames names) => level.Kind switch
    {
        PatternLevelKind.ClientId => names.ClientId,
        PatternLevelKind.UserName => names.UserName,
        _ => level.Text,
    };
}
