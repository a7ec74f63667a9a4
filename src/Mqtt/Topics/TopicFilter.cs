using System.Text;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Mqtt.Topics;

/// <summary>
/// A valid Topic Filter: what a client subscribes with. Immutable; equal by its whole text, <c>$share/name/</c> included [MQTT5-3.10.4-1] [MQTT311-3.10.4-1].
/// <code>
/// filter = "$share/" share-name "/" match / match
/// match  = level *( "/" level )      level = "+" / "#" (last only) / text without + and #, also empty
/// </code>
/// </summary>
public sealed class TopicFilter : IEquatable<TopicFilter>
{
    private readonly byte[] _utf8;
    private readonly int _matchStart;

    private TopicFilter(byte[] utf8, int matchStart)
    {
        _utf8 = utf8;
        _matchStart = matchStart;
    }

    /// <summary>The filter as the client wrote it; made for who asks, as are the other properties: there is a filter for each subscription, and its bytes are what is worked with.</summary>
    public string Text => Encoding.UTF8.GetString(_utf8);

    public ReadOnlyMemory<byte> Utf8 => _utf8;

    /// <summary>The part that topic names are matched with: all, or what follows the Share Name.</summary>
    public string Match => Encoding.UTF8.GetString(MatchUtf8.Span);

    public ReadOnlyMemory<byte> MatchUtf8 => _utf8.AsMemory(_matchStart);

    /// <summary>Null when the subscription is not shared.</summary>
    public string? ShareName => IsShared ? Encoding.UTF8.GetString(_utf8.AsSpan(SharePrefix.Length..(_matchStart - 1))) : null;

    public bool IsShared => _matchStart != 0;

    public bool HasWildcards => MatchUtf8.Span.ContainsAny((byte)'+', (byte)'#');

    /// <summary>Levels of <see cref="Match"/>: 1..<see cref="TopicName.MaximumLevels"/>.</summary>
    public int LevelCount => TopicName.LevelsOf(MatchUtf8.Span);

    private static ReadOnlySpan<byte> SharePrefix => "$share/"u8;

    /// <summary>Copies and validates; <c>$share</c> works for clients of every version.</summary>
    /// <param name="utf8">At most <see cref="TopicName.MaximumBytes"/>; longer is our caller's fault and throws. Not retained.</param>
    /// <param name="filter">Null with a violation.</param>
    /// <param name="violation">IllFormedUtf8 or NullCharacter, which end the connection, or one of the filter's own.</param>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out TopicFilter? filter, out SpecViolation violation)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(utf8.Length, TopicName.MaximumBytes);
        filter = null;
        violation = Utf8Text.Validate(utf8);
        if (violation != SpecViolation.None)
            return false;

        violation = FindMatch(utf8, out var matchStart);
        if (violation == SpecViolation.None)
            violation = ValidateMatch(utf8[matchStart..]);
        if (violation == SpecViolation.None)
            filter = new TopicFilter(utf8.ToArray(), matchStart);
        return filter is not null;
    }

    /// <summary>For filters that the program itself makes.</summary>
    /// <exception cref="ArgumentException">Not a valid Topic Filter.</exception>
    public static TopicFilter Parse(string text) =>
        TryParse(Encoding.UTF8.GetBytes(text), out var filter, out var violation)
            ? filter!
            : throw new ArgumentException(SpecViolations.TextOf(violation), nameof(text));

    public bool Equals(TopicFilter? other) => other is not null && _utf8.AsSpan().SequenceEqual(other._utf8);

    public override bool Equals(object? obj) => Equals(obj as TopicFilter);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_utf8);
        return hash.ToHashCode();
    }

    public override string ToString() => Text;

    private static SpecViolation FindMatch(ReadOnlySpan<byte> utf8, out int matchStart)
    {
        matchStart = 0;
        if (!utf8.StartsWith(SharePrefix))
            return SpecViolation.None;

        var afterPrefix = utf8[SharePrefix.Length..];
        var end = afterPrefix.IndexOf((byte)'/');
        var shareName = end < 0 ? afterPrefix : afterPrefix[..end];
        if (shareName.IsEmpty)
            return SpecViolation.ShareNameEmpty; // [MQTT5-4.8.2-1]
        if (shareName.ContainsAny((byte)'+', (byte)'#'))
            return SpecViolation.ShareNameInvalid; // [MQTT5-4.8.2-2]
        if (end < 0 || end == afterPrefix.Length - 1)
            return SpecViolation.SharedFilterMissing; // [MQTT5-4.8.2-2]

        matchStart = SharePrefix.Length + end + 1;
        return SpecViolation.None;
    }

    private static SpecViolation ValidateMatch(ReadOnlySpan<byte> match)
    {
        if (match.IsEmpty)
            return SpecViolation.TopicFilterEmpty; // [MQTT5-4.7.3-1]
        if (TopicName.LevelsOf(match) > TopicName.MaximumLevels)
            return SpecViolation.TopicFilterTooManyLevels;

        for (var i = 0; i < match.Length; i++)
        {
            if (match[i] is not ((byte)'+' or (byte)'#'))
                continue;

            // Wildcards are supported where they stand rightly [MQTT311-3.8.3-2].
            var startsLevel = i == 0 || match[i - 1] == '/';
            var isLast = i == match.Length - 1;
            if (match[i] == '#' && !(startsLevel && isLast))
                return SpecViolation.MultiLevelWildcardMisplaced; // [MQTT5-4.7.1-1]
            if (match[i] == '+' && !(startsLevel && (isLast || match[i + 1] == '/')))
                return SpecViolation.SingleLevelWildcardMisplaced; // [MQTT5-4.7.1-2]
        }

        return SpecViolation.None;
    }
}
