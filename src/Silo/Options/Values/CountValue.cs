using System.Globalization;
using OrleansBroker.Broker.Options.Settings;

namespace OrleansBroker.Silo.Options.Values;

internal sealed class CountValue(CountAttribute bounds, Type type) : SettingValue
{
    public override string Accepts => $"{bounds.Min} to {bounds.Max}";

    public override string Unit => bounds.Unit;

    public override bool TryParse(string text, out object? value)
    {
        value = null;
        if (!long.TryParse(text.AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long number) || number < bounds.Min || number > bounds.Max)
            return false;
        value = Convert.ChangeType(number, type, CultureInfo.InvariantCulture);
        return true;
    }

    public override string Format(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
