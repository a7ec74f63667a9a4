using System.Text.Unicode;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Mqtt.Topics;

/// <summary>The rules of every UTF-8 Encoded String (MQTT5 section 1.5.4).</summary>
internal static class Utf8Text
{
    public static SpecViolation Validate(ReadOnlySpan<byte> utf8)
    {
        if (!Utf8.IsValid(utf8))
            return SpecViolation.IllFormedUtf8; // surrogates included [MQTT5-1.5.4-1] [MQTT311-1.5.3-1]
        return utf8.Contains((byte)0) ? SpecViolation.NullCharacter : SpecViolation.None; // [MQTT5-1.5.4-2] [MQTT311-1.5.3-2]
    }
}
