using OrleansBroker.Broker.Options.Settings;

namespace OrleansBroker.Silo.Options;

/// <summary>A list of web origins, separated by semicolons. Property type: list of strings.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OriginsAttribute(string meaning) : SettingAttribute(meaning);
