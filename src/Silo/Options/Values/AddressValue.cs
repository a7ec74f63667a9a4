using System.Net;

namespace OrleansBroker.Silo.Options.Values;

internal sealed class AddressValue : SettingValue
{
    public override string Accepts => "a numeric IPv4 or IPv6 address of this machine";

    public override bool TryParse(string text, out object? value)
    {
        bool read = IPAddress.TryParse(text.AsSpan().Trim(), out var address);
        value = address;
        return read;
    }

    public override string Format(object? value) => value?.ToString() ?? "";
}
