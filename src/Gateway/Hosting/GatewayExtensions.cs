using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Gateway.Connections;
using OrleansBroker.Gateway.Transports;
using OrleansBroker.Gateway.Transports.Epoll;
using OrleansBroker.Grains.Leases;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Time;

namespace OrleansBroker.Gateway.Hosting;

/// <summary>Puts the gateway into a node.</summary>
public static class GatewayExtensions
{
    // Unread bytes that one socket may hold beside the packet in work: many sockets may be paused at once.
    private const int MaxReadBufferBytes = 64 * 1024;

    /// <summary>
    /// Adds connections, their registry and their clock work. Needs TimeProvider, LimitsOptions, TimingOptions, IAuthenticator, IAuthorizer,
    /// IPublishRouter and ISessionControl, takes AuthenticationMethods where there are some; BrokerClock and BrokerCounters are added where they are missing.
    /// </summary>
    /// <param name="webSocketOrigins">Web pages that may open a WebSocket: origins, or *; none for those of loopback and of the broker's own host.</param>
    /// <param name="responseInformation">For 5.0 clients that ask for it, with <c>%c</c> for the client id.</param>
    public static IServiceCollection AddGateway(this IServiceCollection services, IReadOnlyList<string>? webSocketOrigins = null, string? responseInformation = null)
    {
        services.AddSingleton(new ResponseInformation(responseInformation));
        services.TryAddSingleton<BrokerClock>();
        services.TryAddSingleton<BrokerCounters>();
        services.TryAddSingleton<BrokerMeter>();
        services.AddSingleton<GatewayInstruments>();
        services.AddSingleton<ConnectionLog>();
        services.AddSingleton<ConnectionRegistry>();
        services.AddSingleton<IConnectionRegistry>(provider => provider.GetRequiredService<ConnectionRegistry>());
        services.AddSingleton<GatewayServices>();
        services.AddSingleton<KestrelTransport>();
        services.AddSingleton<PendingUpgrades>();
        services.AddSingleton(new WebSocketOrigins(webSocketOrigins ?? []));
        services.AddSingleton<WebSocketTransport>();
        services.AddSingleton<GatewayHost>();
        services.AddSingleton<IDrainedPart>(static provider => provider.GetRequiredService<GatewayHost>());
        services.AddHostedService(static provider => provider.GetRequiredService<GatewayHost>());
        services.AddSingleton<AdmissionGate>();
        services.AddHostedService(static provider => provider.GetRequiredService<AdmissionGate>());
        services.AddSingleton<GatewayFence>();
        services.AddSingleton<IGatewayFence>(static provider => provider.GetRequiredService<GatewayFence>());
        services.AddHostedService(static provider => provider.GetRequiredService<GatewayFence>());
        return services;
    }

    /// <summary>Beside <see cref="AddGateway"/>, where somebody takes traces.</summary>
    public static IServiceCollection AddGatewayTraces(this IServiceCollection services, TraceSampling options) => services.AddSingleton(new ConnectionTraces(options));

    /// <summary>Serves MQTT on TCP without Kestrel, on Linux. Needs what <see cref="AddGateway"/> adds; comes after what must outlive the connections.</summary>
    /// <param name="listen">Opens the sockets: bound, listening, and the transport's from there on.</param>
    public static void AddEpollTransport(this IServiceCollection services, Func<IReadOnlyList<Socket>> listen) =>
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<EpollTransport>(provider, listen));

    /// <summary>Serves MQTT on an address of Kestrel.</summary>
    public static IConnectionBuilder UseMqtt(this ListenOptions listen) => listen.UseConnectionHandler<KestrelTransport>();

    /// <summary>Makes an address of Kestrel one of MQTT over WebSocket; the requests are served by <see cref="UseMqttWebSockets"/>.</summary>
    public static void UseMqttWebSocket(this ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http1;
        var upgrades = listen.ApplicationServices.GetRequiredService<PendingUpgrades>();
        listen.Use(next => upgrades.Around(next));
    }

    /// <summary>Serves the requests of WebSocket addresses, all of them and no others. Comes before what serves other addresses.</summary>
    public static void UseMqttWebSockets(this IApplicationBuilder app) => app.MapWhen(
        static context => context.Features.Get<PendingUpgrade>() is not null,
        static branch =>
        {
            branch.Use(static (context, next) =>
            {
                // As long as the client is connected: no request of the API's.
                if (context.Features.Get<IHttpMetricsTagsFeature>() is { } metrics) metrics.MetricsDisabled = true;
                return next(context);
            });
            branch.UseWebSockets();
            branch.Run(branch.ApplicationServices.GetRequiredService<WebSocketTransport>().ServeAsync);
        });

    /// <summary>
    /// The socket settings that many idle connections need. Kestrel's inline scheduling is left off: measured against it (pairs of clients, 100 B), streams cost
    /// 0.65 instead of 0.51 µs a message at QoS 0 and 1.03 instead of 0.88 at QoS 1, and lone messages no less.
    /// </summary>
    public static void UseManyConnections(this SocketTransportOptions sockets)
    {
        sockets.NoDelay = true;
        sockets.WaitForDataBeforeAllocatingBuffer = true;
        sockets.MaxReadBufferSize = MaxReadBufferBytes;
    }
}
