using OrleansBroker.Silo.Options.Table;

namespace OrleansBroker.Silo.Options;

/// <summary>Makes <see cref="BrokerOptions"/> of the configuration, or names everything that is wrong with it.</summary>
internal static class OptionsReader
{
    /// <summary>The options, and no problems; or options not to be used, and at least one problem, each a line for the operator.</summary>
    public static (BrokerOptions Options, IReadOnlyList<string> Problems) Read(IConfiguration configuration)
    {
        var problems = new List<string>();
        var options = new BrokerOptions();
        foreach (var (key, text) in Values(configuration.GetSection(BrokerOptions.SectionName)))
        {
            var setting = SettingTable.Find(key);
            if (setting is null)
                problems.Add(Unknown(key));
            else if (setting.Value.TryParse(text, out object? value))
                setting.Property.SetValue(OwnerOf(setting, options), value);
            else
                problems.Add(setting.Refuse(text));
        }
        if (problems.Count == 0)
            problems.AddRange(OptionsRules.Check(options));
        return (options, problems);
    }

    private static IEnumerable<(string Key, string Text)> Values(IConfigurationSection section)
    {
        foreach (var child in section.GetChildren())
        {
            // A null of JSON is "not given"; what has children has no value of its own.
            if (child.Value is not null)
                yield return (child.Path, child.Value);
            foreach (var nested in Values(child))
                yield return nested;
        }
    }

    private static string Unknown(string key)
    {
        string parent = key[..key.LastIndexOf(':')];
        return SettingTable.Find(parent) is { } setting
            ? $"{key}: {setting.Key} takes one text. It accepts {setting.Value.Accepts}."
            : $"{key}: no such option. The nearest is {SettingTable.Nearest(key)}; --help lists all.";
    }

    // Groups are one level deep: Broker:Group:Name, or Broker:Name.
    private static object OwnerOf(Setting setting, BrokerOptions options)
    {
        if (setting.Property.DeclaringType == typeof(BrokerOptions))
            return options;
        string group = setting.Group[(setting.Group.LastIndexOf(':') + 1)..];
        return typeof(BrokerOptions).GetProperty(group)!.GetValue(options)!;
    }
}
