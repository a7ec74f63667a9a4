using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace OrleansBroker.Silo.Logging;

/// <summary>One line for each entry: <c>2026-01-31T12:00:00.000Z info Category: message</c>. Control characters are escaped, so that what a client sends
/// (a client id, a topic) can neither begin a line of its own nor speak to the terminal.</summary>
internal sealed class LineFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "line";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var line = new StringBuilder(160);
        line.Append(CultureInfo.InvariantCulture, $"{time.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} {LevelName(logEntry.LogLevel)} {logEntry.Category}: ");
        AppendEscaped(line, logEntry.Formatter(logEntry.State, logEntry.Exception));
        if (logEntry.Exception is not null)
        {
            line.Append(' ');
            AppendEscaped(line, logEntry.Exception.ToString());
        }
        textWriter.Write(line.Append('\n').ToString());
    }

    internal static void AppendEscaped(StringBuilder line, string text)
    {
        foreach (char c in text)
        {
            // U+2028 and U+2029 end a line too; the direction marks make it read otherwise than it is written.
            if (c == '\n')
                line.Append("\\n");
            else if (char.IsControl(c) || c is '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069'))
                line.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                line.Append(c);
        }
    }

    private static string LevelName(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "error",
        _ => "critical",
    };
}
