using Microsoft.Extensions.Logging;

namespace OrleansBroker.Gateway.Admission.Passwords;

// Event ids 1100 to 1109; next free: 1102.
public sealed partial class PasswordFileWatcher
{
    [LoggerMessage(1100, LogLevel.Information, "{Path} has changed: {Users} users")]
    private partial void LogReloaded(string path, int users);

    [LoggerMessage(1101, LogLevel.Error, "The password file has changed and cannot be used, the users stay as they were: {Reason}")]
    private partial void LogKept(string reason);
}
