using Microsoft.AspNetCore.Connections;
using OrleansBroker.Gateway.Connections;

namespace OrleansBroker.Gateway.Transports;

/// <summary>MQTT on any connection that Kestrel accepts: TCP [MQTT5-4.2.0-1] [MQTT311-7.1.1-1], and TLS where the listener has it.</summary>
internal sealed class KestrelTransport(GatewayServices services) : ConnectionHandler
{
    // Sockets that have not sent CONNECT cost little, but not nothing: so many may be on their way in beside the connections.
    internal const int MaxUnconnected = 20_000;

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var transport = new KestrelConnection(connection, services, ConnectionOrigin.Of(connection.RemoteEndPoint));
        if (!services.Registry.Accepted(transport.Connection, MaxUnconnected))
        {
            connection.Abort();
            return;
        }

        if (services.Gate is { } gate)
            await gate.OpenAsync();
        await transport.RunAsync();
    }
}
