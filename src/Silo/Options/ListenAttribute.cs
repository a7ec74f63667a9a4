using OrleansBroker.Broker.Options.Settings;

namespace OrleansBroker.Silo.Options;

/// <summary>A list of addresses to listen on, separated by semicolons. Property type: list of <see cref="ListenAddress"/>.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ListenAttribute(string meaning) : SettingAttribute(meaning);
