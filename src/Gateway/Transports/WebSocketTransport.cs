using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using OrleansBroker.Gateway.Connections;

namespace OrleansBroker.Gateway.Transports;

/// <summary>MQTT on the WebSockets that clients open at <see cref="Path"/> of a WebSocket listener. What asks for anything else is told what is wrong.</summary>
internal sealed class WebSocketTransport(GatewayServices services, PendingUpgrades upgrades, WebSocketOrigins origins)
{
    public const string Path = "/mqtt";

    private const string Mqtt = "mqtt";

    // What clients of 3.1 offered before a standard named it.
    private const string Mqtt31 = "mqttv3.1";
    private const string Version = "13";

    public Task ServeAsync(HttpContext context)
    {
        var pending = context.Features.Get<PendingUpgrade>()!;
        var origin = ConnectionOrigin.Of(pending.Connection.RemoteEndPoint);
        if (!context.Request.Path.Equals(Path, StringComparison.Ordinal))
            return RefuseAsync(context, StatusCodes.Status404NotFound, $"MQTT is served at {Path}.");
        if (!HttpMethods.IsGet(context.Request.Method))
            return RefuseMethodAsync(context);
        if (!context.WebSockets.IsWebSocketRequest)
            return AskForUpgradeAsync(context);
        if (!origins.IsAllowed(context.Request.Headers.Origin, context.Request.Host, origin.IsLoopback))
            return RefuseAsync(context, StatusCodes.Status403Forbidden, "Web pages of this origin may not connect (Broker:Listeners:WebSocketOrigins).");
        if (ProtocolOf(context.WebSockets.WebSocketRequestedProtocols) is not { } protocol)
            return RefuseAsync(context, StatusCodes.Status400BadRequest, "Sec-WebSocket-Protocol must offer \"mqtt\"."); // [MQTT5-6.0.0-3] [MQTT311-6.0.0-3]
        if (services.Registry.IsStopping)
            return RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "The node is stopping.");
        return UpgradeAsync(context, pending, protocol, origin);
    }

    /// <summary>[MQTT5-6.0.0-4] [MQTT311-6.0.0-4]: "mqtt" wherever it is offered.</summary>
    private static string? ProtocolOf(IList<string> offered) => offered.Contains(Mqtt) ? Mqtt : offered.Contains(Mqtt31) ? Mqtt31 : null;

    private async Task UpgradeAsync(HttpContext context, PendingUpgrade pending, string protocol, ConnectionOrigin origin)
    {
        // Those are for downloads: how slow a client may be is MQTT's keep-alive to say.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } response)
            response.MinDataRate = null;
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } request)
            request.MinDataRate = null;

        // MQTT has its own keep-alive.
        using var socket = await context.WebSockets.AcceptWebSocketAsync(
            new WebSocketAcceptContext { SubProtocol = protocol, KeepAliveInterval = Timeout.InfiniteTimeSpan });
        var transport = new WebSocketConnection(context, socket, services, origin);
        var isAccepted = services.Registry.Accepted(transport.Connection, KestrelTransport.MaxUnconnected);
        upgrades.Remove(pending);
        if (!isAccepted)
        {
            context.Abort();
            return;
        }

        if (services.Gate is { } gate)
            await gate.OpenAsync();
        await transport.RunAsync();
    }

    private static Task RefuseMethodAsync(HttpContext context)
    {
        context.Response.Headers.Allow = HttpMethods.Get;
        return RefuseAsync(context, StatusCodes.Status405MethodNotAllowed, "A WebSocket is opened with GET.");
    }

    private static Task AskForUpgradeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.Upgrade = "websocket";
        headers.SecWebSocketVersion = Version;
        return RefuseAsync(context, StatusCodes.Status426UpgradeRequired, $"This is MQTT over WebSocket, version {Version} (RFC 6455); the request does not open one.");
    }

    private static Task RefuseAsync(HttpContext context, int status, string detail)
    {
        // Whoever was refused has no further business on this socket.
        context.Response.Headers.Connection = status == StatusCodes.Status426UpgradeRequired ? "Upgrade, close" : "close";
        return TypedResults.Problem(statusCode: status, detail: detail).ExecuteAsync(context);
    }
}
