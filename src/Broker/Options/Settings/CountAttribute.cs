namespace OrleansBroker.Broker.Options.Settings;

/// <summary>A whole number, both bounds included. Property type: byte, ushort, int or long.</summary>
/// <param name="unit">What is counted, in the plural.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class CountAttribute(long min, long max, string unit, string meaning) : SettingAttribute(meaning)
{
    public long Min { get; } = min;

    public long Max { get; } = max;

    public string Unit { get; } = unit;
}
