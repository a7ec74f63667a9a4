namespace OrleansBroker.Silo.Options.Values;

/// <summary>Names of an enum; numbers are refused.</summary>
internal sealed class ChoiceValue(Type type) : SettingValue
{
    private readonly bool _several = type.IsDefined(typeof(FlagsAttribute), inherit: false);
    private readonly string[] _names = [.. Enum.GetNames(type).Where(name => name != "None")];

    public override string Accepts => _several ? $"{string.Join(", ", _names)}, or several separated by commas" : string.Join(", ", _names);

    public override bool TryParse(string text, out object? value)
    {
        value = null;
        string[] parts = _several ? text.Split(',', StringSplitOptions.TrimEntries) : [text.Trim()];
        return parts.All(part => _names.Contains(part, StringComparer.OrdinalIgnoreCase))
            && Enum.TryParse(type, string.Join(',', parts), ignoreCase: true, out value);
    }

    public override string Format(object? value) => value?.ToString()?.Replace(", ", ",", StringComparison.Ordinal) ?? "";
}
