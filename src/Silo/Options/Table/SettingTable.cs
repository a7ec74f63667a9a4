using System.Reflection;
using OrleansBroker.Broker.Options.Settings;

namespace OrleansBroker.Silo.Options.Table;

/// <summary>All options of the program, read once from <see cref="BrokerOptions"/>, in the order in which they are declared.</summary>
internal static class SettingTable
{
    public static IReadOnlyList<Setting> All { get; } = [.. Read(BrokerOptions.SectionName, new BrokerOptions())];

    private static Dictionary<string, Setting> ByKey { get; } = All.ToDictionary(setting => setting.Key, StringComparer.OrdinalIgnoreCase);

    public static Setting? Find(string key) => ByKey.GetValueOrDefault(key);

    /// <summary>The known key that is fewest edits away.</summary>
    public static string Nearest(string key) => All.MinBy(setting => EditDistance.Between(key, setting.Key))!.Key;

    private static IEnumerable<Setting> Read(string group, object owner)
    {
        foreach (var property in owner.GetType().GetProperties())
        {
            if (property.IsDefined(typeof(SettingAttribute)))
                yield return Setting.Of(group, property, owner);
            else if (IsGroup(property))
                foreach (var nested in Read($"{group}:{property.Name}", property.GetValue(owner)!))
                    yield return nested;
        }
    }

    // Groups are the records that end in Options; a record's other properties are the compiler's.
    private static bool IsGroup(PropertyInfo property) => property.PropertyType.Name.EndsWith("Options", StringComparison.Ordinal);
}
