using OrleansBroker.Broker.Options.Settings;

namespace OrleansBroker.Silo.Options;

/// <summary>Any text; empty is none, unless required. Property type: string.</summary>
/// <param name="accepts">What the text is, for messages: "a path".</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TextAttribute(string accepts, string meaning) : SettingAttribute(meaning)
{
    public string Accepts { get; } = accepts;

    public bool Required { get; init; }

    /// <summary>True when messages must not repeat the value.</summary>
    public bool Secret { get; init; }
}
