using Microsoft.AspNetCore.Connections;

namespace OrleansBroker.Api;

/// <summary>Bounds the HTTP connections of a node; one more is closed before it is read. One object for all HTTP listeners.</summary>
/// <param name="maxConnections">At least 1.</param>
public sealed class HttpConnectionLimit(int maxConnections)
{
    private int _open;

    /// <summary>A step of a listener's connection pipeline.</summary>
    public ConnectionDelegate Around(ConnectionDelegate next) => async connection =>
    {
        try
        {
            if (Interlocked.Increment(ref _open) <= maxConnections)
                await next(connection);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    };
}
