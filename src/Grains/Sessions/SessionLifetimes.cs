using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OrleansBroker.Grains.Sessions;

/// <summary>Tells a session's grain that its session has ended, in a turn of its own so that it meets no CONNECT half way.</summary>
internal sealed partial class SessionLifetimes(ISessionGrains grains, IHostApplicationLifetime node, ILogger<SessionLifetimes> logger)
{
    /// <summary>Waits for the routes outside the grain, whose turns belong to the next CONNECT. Fails of nothing, and need not be awaited.</summary>
    public Task EndedAsync(string clientId, Task routeRemovals) => Task.Run(async () =>
    {
        try
        {
            await routeRemovals;
            // The activation goes with the node, and a call to a silo that stops is an error in Orleans' log.
            if (node.ApplicationStopping.IsCancellationRequested) return;
            await grains.For(clientId).EndedAsync();
        }
        catch (Exception exception)
        {
            // Should the call be lost, the activation holds nothing but itself, and its journal is found expired when it is next read.
            LogNotTold(exception, clientId);
        }
    });

    /// <summary>The session has nothing to do in memory. Should the call be lost, it is told again.</summary>
    public void Idle(string clientId) => grains.For(clientId).LeaveAsync().AsTask().Ignore();

    [LoggerMessage(2003, LogLevel.Warning, "The end of session {ClientId} was not told to its grain")]
    private partial void LogNotTold(Exception exception, string clientId);
}
