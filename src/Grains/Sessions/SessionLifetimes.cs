using Microsoft.Extensions.Logging;

namespace OrleansBroker.Grains.Sessions;

/// <summary>Tells a session's grain that its session has ended, in a turn of its own so that it meets no CONNECT half way.</summary>
internal sealed partial class SessionLifetimes(ISessionGrains grains, ILogger<SessionLifetimes> logger)
{
    /// <summary>Waits for the routes outside the grain, whose turns belong to the next CONNECT.</summary>
    public void Ended(string clientId, Task routeRemovals) => _ = Task.Run(async () =>
    {
        try
        {
            await routeRemovals;
            await grains.For(clientId).EndedAsync();
        }
        catch (Exception exception)
        {
            // Should the call be lost, the activation holds nothing but itself, and its journal is found expired when it is next read.
            LogNotTold(exception, clientId);
        }
    });

    [LoggerMessage(2003, LogLevel.Warning, "The end of session {ClientId} was not told to its grain")]
    private partial void LogNotTold(Exception exception, string clientId);
}
