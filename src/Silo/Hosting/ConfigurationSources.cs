using System.Text.Json;
using OrleansBroker.Silo.CommandLine;
using OrleansBroker.Silo.Logging;
using OrleansBroker.Silo.Options;

namespace OrleansBroker.Silo.Hosting;

/// <summary>Where options come from, later ones winning: defaults of the log levels, appsettings.json beside the program, the file of <c>--config</c>, the
/// environment, the command line.</summary>
internal static class ConfigurationSources
{
    private const string BesideProgram = "appsettings.json";

    /// <exception cref="BadOptionsException">A file is missing, is no JSON, or has a section that nobody reads.</exception>
    public static void AddSources(this IConfigurationManager configuration, Invocation.Serve invocation)
    {
        configuration.AddInMemoryCollection(LineLogging.Defaults);
        string beside = Path.Combine(AppContext.BaseDirectory, BesideProgram);
        if (File.Exists(beside))
            AddFile(configuration, beside, beside);
        if (invocation.ConfigFile is not null)
            AddFile(configuration, invocation.ConfigFile, "--config");
        configuration.AddEnvironmentVariables();
        configuration.AddInMemoryCollection(invocation.Values);
    }

    private static void AddFile(IConfigurationManager configuration, string path, string name)
    {
        // From bytes, so that no relative path, hidden folder or file watcher comes between.
        byte[] json;
        try
        {
            json = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new BadOptionsException($"{name}: {path} cannot be read: {e.Message}", e);
        }
        try
        {
            Check(new ConfigurationBuilder().AddJsonStream(new MemoryStream(json)).Build(), path);
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidDataException)
        {
            throw new BadOptionsException($"{name}: {path} is not usable JSON: {e.Message}", e);
        }
        configuration.AddJsonStream(new MemoryStream(json));
    }

    // The environment is full of other programs' names; these files are ours.
    private static void Check(IConfigurationRoot file, string path)
    {
        string[] known = [BrokerOptions.SectionName, LineLogging.SectionName];
        var unknown = file.GetChildren().Select(section => section.Key).Except(known, StringComparer.OrdinalIgnoreCase).ToList();
        if (unknown.Count > 0)
            throw new BadOptionsException([.. unknown.Select(section => $"{path}: \"{section}\": no such section. There are {string.Join(" and ", known)}.")]);
    }
}
