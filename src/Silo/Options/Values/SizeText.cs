using System.Globalization;

namespace OrleansBroker.Silo.Options.Values;

/// <summary>Sizes as people write them: <c>NUMBER [B | KiB | MiB | GiB | TiB]</c>, a bare number is bytes. KB and MB are refused: they mean two things.</summary>
internal static class SizeText
{
    private static readonly (string Unit, long Bytes)[] Units = [("TiB", 1L << 40), ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10), ("B", 1)];

    public static bool TryParse(string text, out long bytes)
    {
        text = text.Trim();
        long scale = 1;
        foreach (var (unit, unitBytes) in Units)
        {
            if (!text.EndsWith(unit, StringComparison.OrdinalIgnoreCase))
                continue;
            scale = unitBytes;
            text = text[..^unit.Length];
            break;
        }
        bytes = 0;
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out decimal number)
            || number > long.MaxValue / scale || number * scale % 1 != 0)
            return false;
        bytes = (long)(number * scale);
        return true;
    }

    /// <summary>The largest unit that divides the value.</summary>
    public static string Format(long bytes)
    {
        foreach (var (unit, unitBytes) in Units)
        {
            if (unitBytes > 1 && bytes != 0 && bytes % unitBytes == 0)
                return $"{bytes / unitBytes}{unit}";
        }
        return bytes.ToString(CultureInfo.InvariantCulture);
    }
}
