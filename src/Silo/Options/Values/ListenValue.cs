namespace OrleansBroker.Silo.Options.Values;

internal sealed class ListenValue : SettingValue
{
    private const char Separator = ';';

    public override string Accepts => ListenAddress.Accepts;

    public override bool TryParse(string text, out object? value)
    {
        var addresses = new List<ListenAddress>();
        value = addresses;
        foreach (string part in text.Split(Separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!ListenAddress.TryParse(part, out var address))
                return false;
            addresses.Add(address!);
        }
        return true;
    }

    public override string Format(object? value) => string.Join(Separator, (IReadOnlyList<ListenAddress>?)value ?? []);
}
