namespace OrleansBroker.Broker.Options.Settings;

/// <summary>A size in bytes, both bounds included; written as bytes or with KiB, MiB, GiB, TiB. Property type: int or long.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SizeAttribute(long minBytes, long maxBytes, string meaning) : SettingAttribute(meaning)
{
    public long MinBytes { get; } = minBytes;

    public long MaxBytes { get; } = maxBytes;
}
