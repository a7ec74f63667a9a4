using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using OrleansBroker.Api;
using OrleansBroker.Gateway.Hosting;
using OrleansBroker.Silo.Options;

namespace OrleansBroker.Silo.Listening;

/// <summary>Gives the bound sockets to the one Kestrel of the node, HTTP and MQTT side by side.</summary>
internal static class KestrelListeners
{
    /// <param name="serveTcp">Sets the connection pipeline of an MQTT TCP listener; called once for each address.</param>
    /// <param name="serveWebSocket">The same for MQTT over WebSocket.</param>
    public static void UseListeners(
        this IWebHostBuilder web,
        BoundListeners listeners,
        BrokerOptions options,
        Action<ListenOptions> serveTcp,
        Action<ListenOptions> serveWebSocket)
    {
        if (listeners.All.All(bound => options.Listeners.UsesEpoll && bound.Listener.Name == Listener.Tcp))
        {
            web.ConfigureServices(services => services.AddSingleton<IServer, NoServer>());
            return;
        }

        var limit = new HttpConnectionLimit(options.Limits.MaxHttpConnections);
        web.UseKestrelCore();
        web.UseSockets(sockets =>
        {
            sockets.CreateBoundListenSocket = listeners.Listen;
            // Kestrel listens once more, with its own number.
            sockets.Backlog = BoundListener.Backlog;
            sockets.UseManyConnections();
        });
        web.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.Limits.MaxHttpBodyBytes;
            kestrel.Limits.MaxRequestLineSize = options.Limits.MaxHttpRequestLineBytes;
            kestrel.Limits.MaxRequestHeadersTotalSize = options.Limits.MaxHttpHeaderBytes;
            foreach (var bound in listeners.Of(Listener.Http))
                kestrel.Listen(bound.EndPoint, listen =>
                {
                    listen.Protocols = HttpProtocols.Http1;
                    listen.Use(limit.Around);
                });
            if (!options.Listeners.UsesEpoll)
            {
                foreach (var bound in listeners.Of(Listener.Tcp))
                    kestrel.Listen(bound.EndPoint, serveTcp);
            }

            foreach (var bound in listeners.Of(Listener.WebSocket))
                kestrel.Listen(bound.EndPoint, serveWebSocket);
        });
    }
}
