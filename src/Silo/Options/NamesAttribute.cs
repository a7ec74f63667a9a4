using OrleansBroker.Broker.Options.Settings;

namespace OrleansBroker.Silo.Options;

/// <summary>Some of a fixed set of names, separated by semicolons; none is allowed. Property type: list of strings, each as it stands here.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NamesAttribute(string meaning, params string[] names) : SettingAttribute(meaning)
{
    public IReadOnlyList<string> Names { get; } = names;
}
