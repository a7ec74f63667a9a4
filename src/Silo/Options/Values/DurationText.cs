using System.Globalization;

namespace OrleansBroker.Silo.Options.Values;

/// <summary>Times as people write them. Grammar: <c>NUMBER UNIT</c> with unit us, ms, s, m, h or d, or .NET's <c>[d.]hh:mm:ss[.f]</c>.</summary>
internal static class DurationText
{
    // Longest unit first, so that "ms" is not read as "s".
    private static readonly (string Unit, long Ticks)[] Units =
    [
        ("us", TimeSpan.TicksPerMicrosecond),
        ("ms", TimeSpan.TicksPerMillisecond),
        ("s", TimeSpan.TicksPerSecond),
        ("m", TimeSpan.TicksPerMinute),
        ("h", TimeSpan.TicksPerHour),
        ("d", TimeSpan.TicksPerDay),
    ];

    public static bool TryParse(string text, out TimeSpan value)
    {
        text = text.Trim();
        foreach (var (unit, ticks) in Units)
        {
            if (!text.EndsWith(unit, StringComparison.OrdinalIgnoreCase))
                continue;
            value = default;
            if (!decimal.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out decimal number)
                || number > long.MaxValue / ticks)
                return false;
            value = TimeSpan.FromTicks((long)(number * ticks));
            return true;
        }
        value = default;
        return text.Contains(':', StringComparison.Ordinal)
            && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out value)
            && value >= TimeSpan.Zero;
    }

    /// <summary>The shortest form that reads back as the same value; seconds above an hour stay seconds unless they are whole days or hours.</summary>
    public static string Format(TimeSpan value)
    {
        if (value == TimeSpan.Zero)
            return "0s";
        for (int i = Units.Length - 1; i > 0; i--)
        {
            if (value.Ticks % Units[i].Ticks == 0)
                return $"{value.Ticks / Units[i].Ticks}{Units[i].Unit}";
        }
        return $"{value.Ticks / (decimal)TimeSpan.TicksPerMicrosecond}us";
    }
}
