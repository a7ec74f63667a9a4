namespace OrleansBroker.Silo.Options.Values;

internal sealed class SwitchValue : SettingValue
{
    public override string Accepts => "true, false";

    public override bool TryParse(string text, out object? value)
    {
        bool read = bool.TryParse(text, out bool flag);
        value = flag;
        return read;
    }

    public override string Format(object? value) => value is true ? "true" : "false";
}
