namespace OrleansBroker.Broker.Options.Settings;

/// <summary>One of the names of an enum, whatever their case; of a <see cref="FlagsAttribute"/> enum several, separated by commas.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ChoiceAttribute(string meaning) : SettingAttribute(meaning);
