using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using OrleansBroker.Gateway.Connections;

namespace OrleansBroker.Gateway.Transports;

/// <summary>
/// One connection of Kestrel: a loop that feeds what comes, and one flush at a time for what goes. On plain TCP the output goes straight to the socket
/// (most writes end at once, on the thread of the turn), otherwise through Kestrel's pipe.
/// </summary>
internal sealed class KestrelConnection : IConnectionTransport, IOutputSink
{
    private readonly ConnectionContext _context;
    private readonly PipeReader _input;
    private readonly Socket? _socket;
    private readonly TimeProvider _time;
    private readonly InputGate _gate = new();
    private readonly OutputLoop _output;

    public KestrelConnection(ConnectionContext context, GatewayServices services, ConnectionOrigin origin)
    {
        _context = context;
        _input = context.Transport.Input;
        _time = services.Clock.TimeProvider;
        // With TLS in between the socket's bytes are not ours.
        if (context.Features.Get<ITlsHandshakeFeature>() is null)
            _socket = context.Features.Get<IConnectionSocketFeature>()?.Socket;
        Connection = new Connection(services.Registry.NextId(), origin, services, this);
        _output = new OutputLoop(Connection, this);
    }

    public Connection Connection { get; }

    public bool HasClientHungUp => _context.ConnectionClosed.IsCancellationRequested;

    /// <summary>Until the connection has ended, its session knows, and the network is closed.</summary>
    public async Task RunAsync()
    {
        try
        {
            await ReadAsync();
        }
        catch (Exception failure) when (OutputLoop.IsNetworkEnd(failure))
        {
            // ConnectionResetException and ConnectionAbortedException among them: the network's end, however it came.
        }
        catch (Exception fault)
        {
            // A fault behind one packet must neither stay unseen nor reach other connections.
            Connection.Faulted(fault);
        }

        Connection.InputEnded();
        await CloseAsync();
        await Connection.ControlIdleAsync();
    }

    public void Flush() => _output.Flush();

    public void ScheduleFlush() => _output.ScheduleFlush();

    public void ResumeInput() => _gate.Open();

    public void Close()
    {
        _gate.Open();
        // On another thread, as the pipe may continue the reader inline where the caller holds a monitor.
        ThreadPool.UnsafeQueueUserWorkItem(static input => input.CancelPendingRead(), _input, preferLocal: false);
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> output) => _socket is null ? SendThroughPipeAsync(output) : SendToSocketAsync(output);

    public ValueTask EndAsync()
    {
        // FIN alone: were the socket closed with input unread, the reset could overtake the last packet on its way.
        _socket?.Shutdown(SocketShutdown.Send);
        return ValueTask.CompletedTask;
    }

    private async Task ReadAsync()
    {
        while (true)
        {
            var result = await _input.ReadAsync();
            var buffer = result.Buffer;
            var status = Feed(buffer, out var consumed);
            var position = buffer.GetPosition(consumed);
            _input.AdvanceTo(position, status == ReceiveStatus.NeedMoreData ? buffer.End : position);
            if (status == ReceiveStatus.Closed || (status == ReceiveStatus.NeedMoreData && result.IsCompleted))
                return;
            if (status == ReceiveStatus.Paused)
                await _gate.WaitAsync();
        }
    }

    private ReceiveStatus Feed(in ReadOnlySequence<byte> buffer, out long consumed)
    {
        OutputTurn.Begin(Connection.JournalTurns);
        try
        {
            return Connection.Receive(buffer, out consumed);
        }
        finally
        {
            OutputTurn.End();
        }
    }

    private async ValueTask SendToSocketAsync(ReadOnlyMemory<byte> output)
    {
        while (output.Length > 0)
            output = output[await _socket!.SendAsync(output, SocketFlags.None)..];
    }

    private async ValueTask SendThroughPipeAsync(ReadOnlyMemory<byte> output)
    {
        var result = await _context.Transport.Output.WriteAsync(output);
        if (result.IsCompleted)
            throw new IOException("The connection takes no more output.");
    }

    private async Task CloseAsync()
    {
        using var timeout = new CancellationTokenSource(OutputLoop.CloseTime, _time);
        try
        {
            await _output.Ended.WaitAsync(timeout.Token);
            if (_socket is not null)
                await DrainAsync(timeout.Token);
        }
        catch (Exception failure) when (OutputLoop.IsNetworkEnd(failure))
        {
            _context.Abort();
            Connection.OutputFailed();
        }
    }

    /// <summary>Reads to nowhere until the client has closed its side too.</summary>
    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await _input.ReadAsync(cancellationToken);
            _input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
                return;
        }
    }
}
