using System.Globalization;
using OrleansBroker.Broker.Options.Settings;

namespace OrleansBroker.Silo.Options.Values;

internal sealed class SizeValue(SizeAttribute bounds, Type type) : SettingValue
{
    public override string Accepts => $"{SizeText.Format(bounds.MinBytes)} to {SizeText.Format(bounds.MaxBytes)}";

    public override string Unit => "bytes";

    public override bool TryParse(string text, out object? value)
    {
        value = null;
        if (!SizeText.TryParse(text, out long bytes) || bytes < bounds.MinBytes || bytes > bounds.MaxBytes)
            return false;
        value = Convert.ChangeType(bytes, type, CultureInfo.InvariantCulture);
        return true;
    }

    public override string Format(object? value) => SizeText.Format(Convert.ToInt64(value, CultureInfo.InvariantCulture));
}
