namespace OrleansBroker.Silo.Options.Values;

internal sealed class NamesValue(NamesAttribute shape) : SettingValue
{
    private const char Separator = ';';

    public override string Accepts => $"{string.Join(", ", shape.Names)}, or several separated by '{Separator}'; empty is none";

    public override bool TryParse(string text, out object? value)
    {
        var names = new List<string>();
        value = names;
        foreach (string part in text.Split(Separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (shape.Names.FirstOrDefault(name => name.Equals(part, StringComparison.OrdinalIgnoreCase)) is not { } known)
                return false;
            if (!names.Contains(known))
                names.Add(known);
        }
        return true;
    }

    public override string Format(object? value) => string.Join(Separator, (IReadOnlyList<string>?)value ?? []);
}
