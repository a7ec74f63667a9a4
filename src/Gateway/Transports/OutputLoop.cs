using System.Net.Sockets;
using System.Net.WebSockets;
using OrleansBroker.Gateway.Connections;

namespace OrleansBroker.Gateway.Transports;

/// <summary>What every transport does with its connection's output: writes it until there is none, then ends it if nothing can follow. The connection asks for one flush at a time.</summary>
internal sealed class OutputLoop(Connection connection, IOutputSink sink) : IThreadPoolWorkItem
{
    // From the last packet to the cut: for what is still to be written, and for the client to close its side.
    internal static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(2);

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the last packet is written, or the network takes none any more.</summary>
    public Task Ended => _ended.Task;

    public void Flush()
    {
        // In a grain's turn the rest of a write would become the grain's.
        if (TaskScheduler.Current != TaskScheduler.Default)
            ScheduleFlush();
        else
            _ = FlushAsync();
    }

    public void ScheduleFlush() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    void IThreadPoolWorkItem.Execute()
    {
        OutputTurn.Begin(connection.JournalTurns);
        try
        {
            Flush();
        }
        finally
        {
            OutputTurn.End();
        }
    }

    /// <summary>True for what a network says at its end, however that comes: nothing to be logged as a fault.</summary>
    public static bool IsNetworkEnd(Exception failure) =>
        failure is IOException or SocketException or WebSocketException or OperationCanceledException or ObjectDisposedException;

    private async Task FlushAsync()
    {
        try
        {
            bool isLast;
            while (connection.TakeOutput(out var output, out isLast))
            {
                try
                {
                    await sink.SendAsync(output);
                }
                finally
                {
                    OutputBuffer.Return(output);
                }
            }

            if (!isLast)
                return;
            await sink.EndAsync();
        }
        catch (Exception failure)
        {
            // Nobody awaits a flush: whatever it meets ends the connection here.
            if (!IsNetworkEnd(failure))
                connection.Faulted(failure);
            connection.OutputFailed();
        }

        _ended.TrySetResult();
    }
}
