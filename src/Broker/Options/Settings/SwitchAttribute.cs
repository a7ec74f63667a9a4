namespace OrleansBroker.Broker.Options.Settings;

/// <summary>true or false. Property type: bool.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SwitchAttribute(string meaning) : SettingAttribute(meaning);
