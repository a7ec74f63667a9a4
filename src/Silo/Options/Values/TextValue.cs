namespace OrleansBroker.Silo.Options.Values;

internal sealed class TextValue(TextAttribute shape) : SettingValue
{
    public override string Accepts => shape.Accepts;

    public override bool Secret => shape.Secret;

    public override bool TryParse(string text, out object? value)
    {
        value = string.IsNullOrWhiteSpace(text) ? null : text;
        return value is not null || !shape.Required;
    }

    public override string Format(object? value) => (string?)value ?? "";
}
