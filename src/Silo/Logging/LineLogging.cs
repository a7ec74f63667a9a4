using Microsoft.Extensions.Logging.Console;

namespace OrleansBroker.Silo.Logging;

/// <summary>Logs go to standard error, which leaves standard output to the ready line.</summary>
internal static class LineLogging
{
    /// <summary>Category of the <c>Logging:LogLevel</c> section; the levels below stand unless it says otherwise.</summary>
    public const string SectionName = "Logging";

    /// <summary>Ours at Information; Orleans, Polly and ASP.NET Core speak of their insides there, so theirs at Warning.</summary>
    public static IReadOnlyDictionary<string, string?> Defaults { get; } = new Dictionary<string, string?>
    {
        ["Logging:LogLevel:Default"] = nameof(LogLevel.Information),
        ["Logging:LogLevel:Orleans"] = nameof(LogLevel.Warning),
        ["Logging:LogLevel:Microsoft"] = nameof(LogLevel.Warning),
        ["Logging:LogLevel:Polly"] = nameof(LogLevel.Warning),
        // At start it compares with a first check that never was, and warns.
        ["Logging:LogLevel:Orleans.Runtime.Watchdog"] = nameof(LogLevel.Error),
        // It recommends the server's garbage collection at every start; ADR 0011 says why it is not ours.
        ["Logging:LogLevel:Orleans.Runtime.Silo"] = nameof(LogLevel.Error),
        // What Orleans' base class of a grain service says of the ring.
        ["Logging:LogLevel:OrleansBroker.Grains.Nodes.NodeService"] = nameof(LogLevel.Warning),
        ["Logging:LogLevel:OrleansBroker.Grains.Nodes.Queries.NodeQueries"] = nameof(LogLevel.Warning),
    };

    private const string Ours = "OrleansBroker";

    public static void AddLines(this ILoggingBuilder logging, IConfiguration configuration)
    {
        logging.AddConfiguration(configuration.GetSection(SectionName));
        // Categories match by their beginning, and ours begin with "OrleansBroker": without this a level of Orleans would be ours too.
        if (configuration[$"{SectionName}:LogLevel:{Ours}"] is null)
            logging.AddFilter(Ours, configuration.GetValue($"{SectionName}:LogLevel:Default", LogLevel.Information));
        logging.AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>();
        logging.AddConsole(console =>
        {
            console.FormatterName = LineFormatter.FormatterName;
            console.LogToStandardErrorThreshold = LogLevel.Trace;
            // A reader of standard error that stands still must not stop the broker: lines are dropped then.
            console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite;
        });
    }

    /// <summary>One problem for each level that is none.</summary>
    public static IEnumerable<string> Check(IConfiguration configuration) =>
        from level in configuration.GetSection($"{SectionName}:LogLevel").AsEnumerable()
        where level.Value is not null && !Enum.GetNames<LogLevel>().Contains(level.Value, StringComparer.OrdinalIgnoreCase)
        select $"{level.Key}: \"{level.Value}\" is refused. It accepts {string.Join(", ", Enum.GetNames<LogLevel>())}. Default: {nameof(LogLevel.Information)}.";
}
