using Microsoft.Extensions.Logging;

namespace OrleansBroker.Grains.Sessions;

/// <summary>Events 2001 to 2099.</summary>
internal sealed partial class SessionGrain
{
    private void LogStoreFailed(Exception exception, string clientId) => LogStoreFailed(services.Logger, exception, clientId);

    private void LogShardsFailed(Exception exception, string clientId) => LogShardsFailed(services.Logger, exception, clientId);

    [LoggerMessage(2001, LogLevel.Warning, "The journal of session {ClientId} could not be opened; CONNECT refused")]
    private static partial void LogStoreFailed(ILogger logger, Exception exception, string clientId);

    [LoggerMessage(2002, LogLevel.Warning, "A subscription of session {ClientId} did not reach every shard; refused")]
    private static partial void LogShardsFailed(ILogger logger, Exception exception, string clientId);
}
