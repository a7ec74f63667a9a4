using OrleansBroker.Broker.Options.Settings;

namespace OrleansBroker.Silo.Options.Values;

internal sealed class DurationValue : SettingValue
{
    private readonly TimeSpan _min;
    private readonly TimeSpan _max;
    private readonly bool _wholeSeconds;

    public DurationValue(DurationAttribute bounds)
    {
        if (!DurationText.TryParse(bounds.Min, out _min) || !DurationText.TryParse(bounds.Max, out _max))
            throw new ArgumentException($"{bounds.Min} or {bounds.Max} is no time.", nameof(bounds));
        _wholeSeconds = bounds.WholeSeconds;
    }

    public override string Accepts => $"{DurationText.Format(_min)} to {DurationText.Format(_max)}";

    public override string Unit => _wholeSeconds ? "time, whole seconds" : "time";

    public override bool TryParse(string text, out object? value)
    {
        value = null;
        if (!DurationText.TryParse(text, out var time) || time < _min || time > _max || (_wholeSeconds && time.Ticks % TimeSpan.TicksPerSecond != 0))
            return false;
        value = time;
        return true;
    }

    public override string Format(object? value) => value is TimeSpan time ? DurationText.Format(time) : "";
}
