namespace OrleansBroker.Broker.Options.Settings;

/// <summary>A time, both bounds included; written as <c>10s</c>, <c>500ms</c>, <c>15m</c> or <c>00:00:10</c>. Property type: TimeSpan.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DurationAttribute(string min, string max, string meaning) : SettingAttribute(meaning)
{
    public string Min { get; } = min;

    public string Max { get; } = max;

    /// <summary>True where the wire carries whole seconds.</summary>
    public bool WholeSeconds { get; init; }
}
