using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using OrleansBroker.Gateway.Connections;

namespace OrleansBroker.Gateway.Transports;

/// <summary>
/// One WebSocket with MQTT in its binary frames: a loop that feeds what comes, wherever frames begin and end [MQTT5-6.0.0-2] [MQTT311-6.0.0-2], and one
/// flush at a time for what goes, a frame for each. The loop reads to the client's close frame, at last to nowhere, so that what the broker says last arrives.
/// </summary>
internal sealed class WebSocketConnection : IConnectionTransport, IOutputSink
{
    private readonly HttpContext _context;
    private readonly WebSocket _socket;
    private readonly TimeProvider _time;
    private readonly InputGate _gate = new();
    private readonly OutputLoop _output;
    private readonly TaskCompletionSource _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private InputBuffer _input;
    private bool _hasText;

    public WebSocketConnection(HttpContext context, WebSocket socket, GatewayServices services, ConnectionOrigin origin)
    {
        _context = context;
        _socket = socket;
        _time = services.Clock.TimeProvider;
        Connection = new Connection(services.Registry.NextId(), origin, services, this);
        _output = new OutputLoop(Connection, this);
    }

    public Connection Connection { get; }

    public bool HasClientHungUp => _context.RequestAborted.IsCancellationRequested;

    /// <summary>Until the connection has ended, its session knows, and the WebSocket is closed or cut.</summary>
    public async Task RunAsync()
    {
        var reading = ReadAsync();
        await _closing.Task;
        await CloseAsync(reading);
        await Connection.ControlIdleAsync();
    }

    public void Flush() => _output.Flush();

    public void ScheduleFlush() => _output.ScheduleFlush();

    public void ResumeInput() => _gate.Open();

    public void Close()
    {
        _gate.Open();
        _closing.TrySetResult();
    }

    // [MQTT5-6.0.0-1] [MQTT311-6.0.0-1]: binary frames.
    public ValueTask SendAsync(ReadOnlyMemory<byte> output) =>
        _socket.SendAsync(output, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);

    public async ValueTask EndAsync()
    {
        if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            await _socket.CloseOutputAsync(CloseStatus(), statusDescription: null, CancellationToken.None);
    }

    private async Task ReadAsync()
    {
        try
        {
            await ReceiveAsync();
        }
        catch (WebSocketException broken) when (broken.WebSocketErrorCode == WebSocketError.Faulted)
        {
            // The library has answered with a close frame of its own, after which no packet may follow.
            Connection.TransportViolated("A frame that is none");
        }
        catch (Exception failure) when (OutputLoop.IsNetworkEnd(failure))
        {
            // No close frame, but an end.
        }
        catch (Exception fault)
        {
            // A fault behind one packet must neither stay unseen nor reach other connections.
            Connection.Faulted(fault);
        }

        _input.Clear();
        Connection.InputEnded();
    }

    private async Task ReceiveAsync()
    {
        var isPending = false;
        while (true)
        {
            // While nothing is here, without a buffer: an idle connection holds none.
            var room = _input.IsEmpty && !isPending ? Memory<byte>.Empty : _input.Room();
            var received = await _socket.ReceiveAsync(room, CancellationToken.None);
            if (received.MessageType == WebSocketMessageType.Close)
                return;
            if (received.MessageType == WebSocketMessageType.Text)
                RefuseText();

            isPending = room.IsEmpty && !received.EndOfMessage;
            _input.Received(received.Count);
            while (!_input.IsEmpty && Feed() is var status and not ReceiveStatus.NeedMoreData)
            {
                if (status == ReceiveStatus.Closed)
                    _input.Clear();
                else if (status == ReceiveStatus.Paused)
                    await _gate.WaitAsync();
            }
        }
    }

    /// <summary>[MQTT5-6.0.0-1] [MQTT311-6.0.0-1]: any other data than binary closes the connection.</summary>
    private void RefuseText()
    {
        _hasText = true;
        Connection.TransportViolated("A text frame");
    }

    private ReceiveStatus Feed()
    {
        OutputTurn.Begin(Connection.JournalTurns);
        try
        {
            var status = Connection.ReceiveContiguous(_input.Unread, out var consumed);
            _input.Consume(consumed);
            return status;
        }
        finally
        {
            OutputTurn.End();
        }
    }

    private async Task CloseAsync(Task reading)
    {
        using var timeout = new CancellationTokenSource(OutputLoop.CloseTime, _time);
        try
        {
            await _output.Ended.WaitAsync(timeout.Token);
            await reading.WaitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            _context.Abort();
            Connection.OutputFailed();
            await reading;
        }
    }

    private WebSocketCloseStatus CloseStatus() => Connection.Cause switch
    {
        CloseCause.ProtocolViolation when _hasText => WebSocketCloseStatus.InvalidMessageType,
        CloseCause.ProtocolViolation or CloseCause.NotMqtt => WebSocketCloseStatus.ProtocolError,
        CloseCause.Refused or CloseCause.ConnectTimeout or CloseCause.OutputOverflow => WebSocketCloseStatus.PolicyViolation,
        CloseCause.Shutdown or CloseCause.SessionLost => WebSocketCloseStatus.EndpointUnavailable,
        CloseCause.Fault => WebSocketCloseStatus.InternalServerError,
        _ => WebSocketCloseStatus.NormalClosure,
    };
}
