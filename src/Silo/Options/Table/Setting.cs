using System.Reflection;
using OrleansBroker.Broker.Options.Settings;
using OrleansBroker.Silo.Options.Values;

namespace OrleansBroker.Silo.Options.Table;

/// <summary>One option: its key, how it is written, and where its value goes.</summary>
/// <param name="Key">The full key, <c>Broker:Limits:MaxInflight</c>.</param>
/// <param name="Default">As it would be written; empty for none.</param>
internal sealed record Setting(string Key, string Default, SettingValue Value, string Meaning, PropertyInfo Property)
{
    /// <summary>The key without its last part.</summary>
    public string Group => Key[..Key.LastIndexOf(':')];

    public static Setting Of(string group, PropertyInfo property, object owner)
    {
        var attribute = property.GetCustomAttribute<SettingAttribute>()!;
        SettingValue value = attribute switch
        {
            CountAttribute count => new CountValue(count, property.PropertyType),
            SizeAttribute size => new SizeValue(size, property.PropertyType),
            DurationAttribute duration => new DurationValue(duration),
            ChoiceAttribute => new ChoiceValue(property.PropertyType),
            SwitchAttribute => new SwitchValue(),
            TextAttribute text => new TextValue(text),
            AddressAttribute => new AddressValue(),
            ListenAttribute => new ListenValue(),
            OriginsAttribute => new OriginsValue(),
            NamesAttribute names => new NamesValue(names),
            _ => throw new InvalidOperationException($"{attribute.GetType()} has no value type."),
        };
        return new($"{group}:{property.Name}", value.Format(property.GetValue(owner)), value, attribute.Meaning, property);
    }

    /// <summary>What is wrong with a value, for the operator.</summary>
    public string Refuse(string text)
    {
        string unit = Value.Unit.Length == 0 ? "" : $" ({Value.Unit})";
        string shown = Value.Secret ? "the value given" : $"\"{text}\"";
        return $"{Key}: {shown} is refused. It accepts {Value.Accepts}{unit}. Default: {(Default.Length == 0 ? "none" : Default)}.";
    }
}
