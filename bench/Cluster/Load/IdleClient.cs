using System.Net;
using System.Net.Sockets;
using System.Text;
using OrleansBroker.Cluster.Nodes;

namespace OrleansBroker.Cluster.Load;

/// <summary>An MQTT 3.1.1 connection with one subscription that only keeps alive, and comes back when it is dropped.</summary>
internal sealed class IdleClient(RunningNodes nodes, int index, SemaphoreSlim connecting)
{
    private static readonly byte[] Ping = [0xC0, 0];
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly byte[] _input = new byte[64];
    private int _held;
    private volatile Socket? _socket;
    private bool _isPinged;

    public string Topic => $"idle/{index}";

    public bool IsConnected => _socket is not null;

    public bool HasMessage { get; private set; }

    /// <summary>PINGREQs that were not answered before the next one.</summary>
    public int UnansweredPings { get; private set; }

    public async Task RunAsync(CancellationToken stop)
    {
        for (var attempt = 0; !stop.IsCancellationRequested; attempt++)
        {
            var gateway = nodes.GatewayOf(index + attempt);
            try
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await using var closing = stop.Register(socket.Dispose);
                await OpenAsync(socket, gateway, stop);
                _isPinged = false;
                _socket = socket;
                await ReadAsync(socket);
            }
            catch (Exception end) when (end is SocketException or IOException or OperationCanceledException or ObjectDisposedException)
            {
                if (stop.IsCancellationRequested) return;
                if (_socket is not null) nodes.NoteDropped(gateway);
                _socket = null;
                await Task.Delay(Pause, TimeProvider.System, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    public void SendPing()
    {
        if (_socket is not { } socket) return;
        if (_isPinged) UnansweredPings++;
        _isPinged = true;
        try
        {
            socket.Send(Ping);
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // Its reader sees it.
        }
    }

    private async Task OpenAsync(Socket socket, Node gateway, CancellationToken stop)
    {
        await connecting.WaitAsync(stop);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, gateway.Tcp!.Port, stop);
            var id = Encoding.ASCII.GetBytes($"idle-{index}");
            var topic = Encoding.ASCII.GetBytes(Topic);
            // CONNECT, keep-alive 60 s, Clean Session 1; SUBSCRIBE at QoS 0.
            await socket.SendAsync(
                (byte[])[0x10, (byte)(12 + id.Length), 0, 4, .. "MQTT"u8, 4, 2, 0, 60, 0, (byte)id.Length, .. id, 0x82, (byte)(5 + topic.Length), 0, 1, 0, (byte)topic.Length, .. topic, 0], stop);
            for (_held = 0; _held < 9;) await ReceiveAsync(socket);
            if (_input[0] != 0x20 || _input[3] != 0 || _input[4] != 0x90 || _input[8] == 0x80) throw new IOException("refused");
            _held = 0;
        }
        finally
        {
            connecting.Release();
        }
    }

    /// <summary>PINGRESP, and messages.</summary>
    private async Task ReadAsync(Socket socket)
    {
        while (true)
        {
            await ReceiveAsync(socket);
            while (_held >= 2 && _held >= 2 + _input[1])
            {
                if (_input[0] == 0xD0) _isPinged = false;
                else HasMessage = true;
                var length = 2 + _input[1];
                _input.AsSpan(length, _held - length).CopyTo(_input);
                _held -= length;
            }
        }
    }

    private async Task ReceiveAsync(Socket socket)
    {
        var read = await socket.ReceiveAsync(_input.AsMemory(_held));
        if (read == 0) throw new IOException("the broker closed");
        _held += read;
    }
}
