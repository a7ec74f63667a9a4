using System.Globalization;
using System.Text;
using OrleansBroker.Silo.Options.Table;

namespace OrleansBroker.Silo.Tests.Documentation;

/// <summary>The tables of docs/configuration.md, made of the options.</summary>
internal static class ConfigurationTables
{
    public static string Format()
    {
        var text = new StringBuilder();
        foreach (var group in SettingTable.All.GroupBy(setting => setting.Group))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n### `{group.Key}:*`\n\n| key | default | accepts | unit | meaning |\n|---|---|---|---|---|\n");
            foreach (var setting in group)
                text.Append(CultureInfo.InvariantCulture, $"| `{setting.Key}` | {Code(setting.Default)} | {setting.Value.Accepts} | {Unit(setting)} | {setting.Meaning} |\n");
        }
        return text.Append('\n').ToString();
    }

    private static string Code(string text) => text.Length == 0 ? "–" : $"`{text}`";

    private static string Unit(Setting setting) => setting.Value.Unit.Length == 0 ? "–" : setting.Value.Unit;
}
