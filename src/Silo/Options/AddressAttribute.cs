using OrleansBroker.Broker.Options.Settings;

namespace OrleansBroker.Silo.Options;

/// <summary>A numeric address. Property type: IPAddress.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AddressAttribute(string meaning) : SettingAttribute(meaning);
