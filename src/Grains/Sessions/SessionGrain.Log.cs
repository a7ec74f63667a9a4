using Microsoft.Extensions.Logging;

namespace OrleansBroker.Grains.Sessions;

/// <summary>Events 2001 to 2099.</summary>
internal sealed partial class SessionGrain
{
    private void LogStoreFailed(Exception exception, string clientId) => LogStoreFailed(services.Logger, exception, clientId);

    private void LogFault(Exception exception, string clientId) => LogFault(services.Logger, exception, clientId);

    [LoggerMessage(2001, LogLevel.Warning, "The journal of session {ClientId} could not be opened; CONNECT refused")]
    private static partial void LogStoreFailed(ILogger logger, Exception exception, string clientId);

    private void LogLeaves(string clientId) => LogLeaves(services.Logger, clientId);

    [LoggerMessage(2009, LogLevel.Debug, "Session {ClientId} leaves memory")]
    private static partial void LogLeaves(ILogger logger, string clientId);

    [LoggerMessage(2004, LogLevel.Critical, "A fault in session {ClientId}; it is loaded anew from its journal")]
    private static partial void LogFault(ILogger logger, Exception exception, string clientId);
}
