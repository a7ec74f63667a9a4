using OrleansBroker.Silo.Logging;
using OrleansBroker.Silo.Options;

namespace OrleansBroker.Silo.CommandLine;

/// <summary>Grammar: <c>[--help | --version | password PASSWORD-OPTION... | api-key API-KEY-ARGUMENT... | checkpoint CHECKPOINT-OPTION... | OPTION...]</c>, where OPTION is <c>--config FILE</c> or <c>--Broker:Key=Value</c>.
/// Whether the keys exist is <see cref="OptionsReader"/>'s matter: they come from files and the environment too.</summary>
internal static class CommandLineParser
{
    private const string PasswordCommand = "password";
    private const string ApiKeyCommand = "api-key";
    private const string CheckpointCommand = "checkpoint";

    // A configuration key is not a place to be generous: what is none of these is a slip.
    private static readonly string[] Sections = [$"--{BrokerOptions.SectionName}:", $"--{LineLogging.SectionName}:"];

    public static Invocation Parse(string[] arguments)
    {
        if (arguments.Any(argument => argument is "--help" or "-h" or "-?"))
            return new Invocation.Help();
        if (arguments.Contains("--version"))
            return new Invocation.Version();
        return arguments switch
        {
            [PasswordCommand, .. var rest] => PasswordArguments.Parse(rest),
            [ApiKeyCommand, .. var rest] => ApiKeyArguments.Parse(rest),
            [CheckpointCommand, .. var rest] => CheckpointArguments.Parse(rest),
            _ => Serve(arguments),
        };
    }

    private static Invocation Serve(string[] arguments)
    {
        string? configFile = null;
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        var reader = new ArgumentReader(arguments);
        while (reader.TryReadName(out string name, out string? value))
        {
            bool isConfig = name == "--config";
            if (!isConfig && !Sections.Any(section => name.StartsWith(section, StringComparison.OrdinalIgnoreCase)))
                return Unknown(name);
            value ??= reader.ReadValue();
            if (value is null || (isConfig && value.Length == 0))
                return new Invocation.Bad($"{name}: a value is missing, as in {name}={(isConfig ? "FILE" : "VALUE")}.");
            if (isConfig ? configFile is not null : !values.TryAdd(name[2..], value))
                return new Invocation.Bad($"{name}: given twice.");
            if (isConfig)
                configFile = value;
        }
        return new Invocation.Serve(configFile, values);
    }

    private static Invocation.Bad Unknown(string name) => new(
        $"{name}: no such option or command. Options are --Broker:Key=Value, --Logging:LogLevel:Default=Level, --config FILE, --help, --version; commands are {PasswordCommand}, {ApiKeyCommand} and {CheckpointCommand}.");
}
