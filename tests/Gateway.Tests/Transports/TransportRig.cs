using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrleansBroker.Broker.Options;
using OrleansBroker.Gateway.Admission;
using OrleansBroker.Gateway.Connections;
using OrleansBroker.Gateway.Hosting;
using OrleansBroker.Gateway.Tests.Connections;
using OrleansBroker.Gateway.Transports.Epoll;
using OrleansBroker.Grains.Routing;
using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Gateway.Tests.Transports;

/// <summary>The gateway on real sockets, of Kestrel or of epoll, with a fake broker behind it.</summary>
internal sealed class TransportRig : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly IPAddress _address;
    private int? _epollPort;

    private TransportRig(bool usesEpoll, LimitsOptions limits, TimingOptions timing, IPAddress address)
    {
        _address = address;
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton(limits).AddSingleton(timing);
        builder.Services.AddSingleton<IAuthenticator>(Admission).AddSingleton<IAuthorizer>(Admission);
        builder.Services.AddSingleton<IPublishRouter>(Router).AddSingleton<ISessionControl>(Control);
        builder.Services.AddLogging().AddGateway();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseSockets(sockets => sockets.UseManyConnections());
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(address, 0, listen => listen.UseMqtt()));
        if (usesEpoll)
            builder.Services.AddEpollTransport(() => [Listen()]);
        _app = builder.Build();
    }

    public FakeAdmission Admission { get; } = new();

    public FakeSessionControl Control { get; } = new();

    public FakeRouter Router { get; } = new();

    public ConnectionRegistry Registry => _app.Services.GetRequiredService<ConnectionRegistry>();

    public GatewayServices Services => _app.Services.GetRequiredService<GatewayServices>();

    public EpollTransport Epoll => _app.Services.GetServices<IHostedService>().OfType<EpollTransport>().Single();

    public CancellationToken Stopping => _app.Lifetime.ApplicationStopping;

    /// <param name="address">To listen on; loopback of IPv4 unless it is given.</param>
    public static async Task<TransportRig> StartAsync(bool usesEpoll, LimitsOptions? limits = null, TimingOptions? timing = null, IPAddress? address = null)
    {
        var rig = new TransportRig(usesEpoll, limits ?? new LimitsOptions(), timing ?? new TimingOptions(), address ?? IPAddress.Loopback);
        await rig._app.StartAsync(TestContext.Current.CancellationToken);
        return rig;
    }

    public async Task<Socket> OpenAsync(int receiveBufferBytes = 0, IPAddress? from = null)
    {
        from ??= IPAddress.Loopback;
        var socket = new Socket(from.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBufferBytes > 0)
            socket.ReceiveBufferSize = receiveBufferBytes;
        await socket.ConnectAsync(from, _epollPort ?? KestrelPort(), TestContext.Current.CancellationToken);
        return socket;
    }

    public Task StopAsync(CancellationToken? cutAt = null) => _app.StopAsync(cutAt ?? TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
    }

    private int KestrelPort() => new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;

    private Socket Listen()
    {
        var socket = new Socket(_address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (_address.Equals(IPAddress.IPv6Any))
            socket.DualMode = true;
        socket.Bind(new IPEndPoint(_address, 0));
        socket.Listen(4_096);
        _epollPort = ((IPEndPoint)socket.LocalEndPoint!).Port;
        return socket;
    }
}
