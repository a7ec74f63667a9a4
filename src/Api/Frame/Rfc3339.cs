using System.Globalization;
using System.Text.RegularExpressions;

namespace OrleansBroker.Api.Frame;

/// <summary>Reads times such as <c>2026-01-31T12:00:00Z</c>, with a fraction and another offset where there is one.</summary>
internal static partial class Rfc3339
{
    public static bool TryParse(string? text, out DateTimeOffset time)
    {
        time = default;
        return text is not null && Shape().IsMatch(text)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
    }

    // The framework alone would take "2026" and "12:00" too. Ticks are 100 ns: seven digits.
    [GeneratedRegex(@"\A[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,7})?([Zz]|[+-][0-9]{2}:[0-9]{2})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}
