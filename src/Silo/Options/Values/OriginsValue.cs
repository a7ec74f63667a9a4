namespace OrleansBroker.Silo.Options.Values;

internal sealed class OriginsValue : SettingValue
{
    private const char Separator = ';';
    private const string Any = "*";

    public override string Accepts => "SCHEME://HOST or SCHEME://HOST:PORT, several separated by ';', such as https://example.com; * is any";

    public override bool TryParse(string text, out object? value)
    {
        string[] origins = text.Split(Separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        value = origins;
        return Array.TrueForAll(origins, IsOrigin);
    }

    public override string Format(object? value) => string.Join(Separator, (IReadOnlyList<string>?)value ?? []);

    // Nothing behind the host and its port, not even a slash: so browsers say it.
    private static bool IsOrigin(string text) => text == Any
        || (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Host.Length > 0 && uri.UserInfo.Length == 0
            && text.LastIndexOfAny(['/', '?', '#']) == uri.Scheme.Length + "://".Length - 1);
}
