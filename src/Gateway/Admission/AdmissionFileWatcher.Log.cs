using Microsoft.Extensions.Logging;

namespace OrleansBroker.Gateway.Admission;

// Event ids 1100 to 1109; next free: 1102.
public sealed partial class AdmissionFileWatcher
{
    [LoggerMessage(1100, LogLevel.Information, "{Path} has changed: {Content}")]
    private partial void LogReloaded(string path, string content);

    [LoggerMessage(1101, LogLevel.Error, "{Path} has changed and cannot be used, what was in force stays: {Reason}")]
    private partial void LogKept(string path, string reason);
}
