using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace OrleansBroker.TestKit.Servers;

/// <summary>A way to a server on loopback that can be cut, and made slow.</summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly ConcurrentDictionary<Socket, bool> _sockets = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly int _target;
    private readonly Task _accepting;
    private volatile bool _isCut;

    /// <param name="address">Where it listens; null for loopback.</param>
    public TcpProxy(int target, IPAddress? address = null)
    {
        _target = target;
        _listener = new TcpListener(address ?? IPAddress.Loopback, 0);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>How late what the server sends arrives.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Connections end, and new ones end at once.</summary>
    public void Cut()
    {
        _isCut = true;
        foreach (var (socket, _) in _sockets) socket.Dispose();
    }

    public void Restore() => _isCut = false;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Cut();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ForwardAsync(await _listener.AcceptSocketAsync(_stop.Token));
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed of.
        }
    }

    private async Task ForwardAsync(Socket client)
    {
        using (client)
        using (var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true })
        {
            if (_isCut) return;
            client.NoDelay = true;
            _sockets[client] = _sockets[server] = true;
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _target);
                await Task.WhenAll(CopyAsync(client, server, isAnswer: false), CopyAsync(server, client, isAnswer: true));
            }
            catch (SocketException)
            {
                // The server is down: so is the client's connection.
            }

            _sockets.TryRemove(client, out _);
            _sockets.TryRemove(server, out _);
        }
    }

    private async Task CopyAsync(Socket from, Socket to, bool isAnswer)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            for (int read; (read = await from.ReceiveAsync(buffer)) > 0;)
            {
                if (isAnswer && Delay > TimeSpan.Zero) await Task.Delay(Delay, TimeProvider.System);
                for (var sent = 0; sent < read;) sent += await to.SendAsync(buffer.AsMemory(sent, read - sent));
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // Cut.
        }

        // The end of one way is the end of both.
        from.Close();
        to.Close();
    }
}
