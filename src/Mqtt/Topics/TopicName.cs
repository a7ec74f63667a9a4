using System.Text;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Mqtt.Topics;

/// <summary>A valid Topic Name: what a message is published to. Immutable; equal by its bytes, without any normalization [MQTT5-4.7.3-4] [MQTT311-4.7.3-4].</summary>
public sealed class TopicName : IEquatable<TopicName>
{
    /// <summary>
    /// Our own bound on the levels of a name or filter, so that walking a trie is bounded; beyond it the name is refused with
    /// <see cref="ReasonCode.TopicNameInvalid"/>, the filter with <see cref="ReasonCode.TopicFilterInvalid"/>.
    /// </summary>
    public const int MaximumLevels = 128;

    /// <summary>The length field of a string has 16 bits [MQTT5-4.7.3-3] [MQTT311-4.7.3-3].</summary>
    public const int MaximumBytes = ushort.MaxValue;

    private readonly byte[] _utf8;

    private TopicName(byte[] utf8, string text)
    {
        _utf8 = utf8;
        Text = text;
    }

    public string Text { get; }

    public ReadOnlyMemory<byte> Utf8 => _utf8;

    /// <summary>The rules of a Topic Name of at most <see cref="MaximumBytes"/>. Allocates nothing.</summary>
    /// <returns>None, IllFormedUtf8, NullCharacter, TopicNameEmpty, TopicNameWildcard or TopicNameTooManyLevels.</returns>
    public static SpecViolation Validate(ReadOnlySpan<byte> utf8)
    {
        if (!System.Text.Unicode.Utf8.IsValid(utf8))
            return SpecViolation.IllFormedUtf8; // [MQTT5-1.5.4-1]
        if (utf8.IsEmpty)
            return SpecViolation.TopicNameEmpty; // [MQTT5-4.7.3-1]

        // One pass for all three: this runs for every PUBLISH.
        if (utf8.ContainsAny((byte)0, (byte)'+', (byte)'#'))
        {
            // [MQTT5-4.7.3-2] [MQTT5-3.3.2-2] [MQTT5-4.7.0-1] [MQTT311-4.7.3-2] [MQTT311-3.3.2-2] [MQTT311-4.7.1-1]
            return utf8.Contains((byte)0) ? SpecViolation.NullCharacter : SpecViolation.TopicNameWildcard;
        }

        return LevelsOf(utf8) > MaximumLevels ? SpecViolation.TopicNameTooManyLevels : SpecViolation.None;
    }

    /// <summary>Copies and validates.</summary>
    /// <param name="utf8">At most <see cref="MaximumBytes"/>; longer is our caller's fault and throws. Not retained.</param>
    /// <param name="name">Null with a violation, see <see cref="Validate"/>.</param>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out TopicName? name, out SpecViolation violation)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(utf8.Length, MaximumBytes);
        violation = Validate(utf8);
        name = violation == SpecViolation.None ? new TopicName(utf8.ToArray(), Encoding.UTF8.GetString(utf8)) : null;
        return name is not null;
    }

    /// <summary>For names that the program itself makes.</summary>
    /// <exception cref="ArgumentException">Not a valid Topic Name.</exception>
    public static TopicName Parse(string text) =>
        TryParse(Encoding.UTF8.GetBytes(text), out var name, out var violation)
            ? name!
            : throw new ArgumentException(SpecViolations.TextOf(violation), nameof(text));

    public bool Equals(TopicName? other) => other is not null && Text == other.Text;

    public override bool Equals(object? obj) => Equals(obj as TopicName);

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;

    /// <summary>Levels are what separators separate, empty ones included.</summary>
    internal static int LevelsOf(ReadOnlySpan<byte> utf8) => utf8.Count((byte)'/') + 1;
}
