using System.Globalization;
using System.Text;
using OrleansBroker.Gateway.Admission.Passwords;
using OrleansBroker.Silo.Options.Table;

namespace OrleansBroker.Silo.CommandLine;

/// <summary>What <c>--help</c> prints; the options come from the one table.</summary>
internal static class HelpText
{
    public static string Format()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            Orleans Broker, an MQTT broker (3.1, 3.1.1, 5.0).

            Usage:
              orleans-broker [--config FILE] [--Broker:Key=Value ...]
              orleans-broker password --file FILE --user NAME [--algorithm sha512|sha256] [--iterations N]
              orleans-broker password --file FILE --user NAME --delete
              orleans-broker api-key add FILE NAME --role read|publish|admin[,...]
              orleans-broker api-key remove FILE NAME
              orleans-broker api-key list FILE
              orleans-broker checkpoint --to FOLDER [--path PATH]
              orleans-broker --help | --version

            password writes a user's password hash into FILE, or removes the user. The password is the
            first line of standard input, or is asked for. sha256 is for clients that know SCRAM-SHA-256 only.
            N hash iterations: {PasswordHash.MinIterations} to {PasswordHash.MaxIterations}, default {PasswordHash.DefaultIterations}, with sha256 {PasswordHash.DefaultIterationsSha256}.

            api-key adds a key of the REST API to FILE and prints it, this once: FILE keeps its hash. read asks,
            publish publishes messages and asks nothing, admin does everything. Give FILE as Broker:Http:KeyFile.

            checkpoint lets the running broker of this machine whose Broker:Storage:Path is PATH (default ./data)
            save a copy of its embedded store in FOLDER, which must not exist. A broker starts from the copy.

            Options are taken from, later ones winning: appsettings.json beside the program, FILE (JSON), the
            environment (Broker__Limits__MaxInflight=100), the command line (--Broker:Limits:MaxInflight=100).
            Relative paths are relative to the folder where the program was started. Sizes: 1048576 or 1MiB
            (KiB, MiB, GiB, TiB). Times: 200us, 500ms, 10s, 15m, 2h, 1d or 00:00:10.
            Log level: --Logging:LogLevel:Default=Trace, Debug, Information (default), Warning, Error, Critical, None.

            When it serves, it prints one line on standard output: ready tcp=127.0.0.1:1883 http=127.0.0.1:8080 node=ID
            Logs go to standard error.

            Exit codes: 0 stopped by SIGTERM or SIGINT; 1 failed, such as a port in use; 2 bad options, command line or files.

            Options:

            """);
        foreach (var setting in SettingTable.All)
            Append(text, setting);
        return text.ToString();
    }

    private static void Append(StringBuilder text, Setting setting)
    {
        string unit = setting.Value.Unit.Length == 0 ? "" : $" ({setting.Value.Unit})";
        text.Append(CultureInfo.InvariantCulture, $"""
              {setting.Key}={setting.Default}
                  {setting.Meaning}
                  Accepts {setting.Value.Accepts}{unit}.

            """);
    }
}
