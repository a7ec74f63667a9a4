using System.Globalization;
using System.Reflection;

namespace OrleansBroker.Fuzz.Tests.Runs;

/// <summary>
/// An input that is kept: comments after #, then <c>version N</c> (see <see cref="FuzzInput"/>), <c>choices N</c> where they matter, and hexadecimal
/// bytes over as many lines as are readable.
/// </summary>
internal static class CorpusFile
{
    public static IReadOnlyList<string> Names { get; } =
        [.. Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(name => name.EndsWith(".hex", StringComparison.Ordinal)).Order()];

    public static FuzzInput Read(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!);
        var version = 0;
        var choices = 0UL;
        var hex = "";
        while (reader.ReadLine() is { } line)
        {
            var text = line.Split('#')[0].Trim();
            if (text.StartsWith("version ", StringComparison.Ordinal))
                version = int.Parse(text["version ".Length..], CultureInfo.InvariantCulture);
            else if (text.StartsWith("choices ", StringComparison.Ordinal))
                choices = ulong.Parse(text["choices ".Length..], CultureInfo.InvariantCulture);
            else
                hex += text.Replace(" ", "");
        }

        return new FuzzInput(version, choices, Convert.FromHexString(hex));
    }
}
