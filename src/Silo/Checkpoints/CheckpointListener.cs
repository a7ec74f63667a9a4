using System.Net.Sockets;
using System.Text;
using OrleansBroker.Silo.Options;
using OrleansBroker.Storage.Embedded;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Silo.Checkpoints;

/// <summary>Takes checkpoints of the embedded store while the broker runs, one at a time, as <see cref="CheckpointCommand"/> asks for them.</summary>
internal sealed partial class CheckpointListener(IJournalStore store, BrokerOptions options, ILogger<CheckpointListener> log) : BackgroundService
{
    /// <summary>For the line with the folder; the checkpoint itself takes as long as it takes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (store is not EmbeddedJournalStore embedded) return;
        using var listener = CheckpointSocket.Create();
        if (!TryListen(listener)) return;
        try
        {
            while (true)
            {
                using var connection = await listener.AcceptAsync(stoppingToken);
                await ServeAsync(connection, embedded, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            File.Delete(CheckpointSocket.PathOf(options.Storage.Path));
        }
    }

    private bool TryListen(Socket listener)
    {
        var path = CheckpointSocket.PathOf(options.Storage.Path);
        try
        {
            File.Delete(path); // of a broker that did not end in an orderly way: the store is ours
            listener.Bind(CheckpointSocket.EndPointOf(options.Storage.Path));
            listener.Listen();
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            return true;
        }
        catch (Exception failure) when (failure is SocketException or IOException or ArgumentException or UnauthorizedAccessException)
        {
            LogNoListener(failure, path);
            return false;
        }
    }

    private async Task ServeAsync(Socket connection, EmbeddedJournalStore embedded, CancellationToken stopping)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            limit.CancelAfter(Patience);
            await using var stream = new NetworkStream(connection);
            var folder = await ReadLineAsync(stream, limit.Token);
            var answer = await Task.Run(() => Save(embedded, folder), stopping);
            await stream.WriteAsync(Encoding.UTF8.GetBytes(answer + "\n"), stopping);
        }
        catch (Exception failure) when (failure is IOException or SocketException || (failure is OperationCanceledException && !stopping.IsCancellationRequested))
        {
            LogAskerGone(failure);
        }
    }

    private string Save(EmbeddedJournalStore embedded, string folder)
    {
        if (!Path.IsPathFullyQualified(folder)) return "the folder's path is not absolute";
        if (Path.Exists(folder)) return "it exists already";
        try
        {
            embedded.SaveCheckpoint(folder);
            LogSaved(folder);
            return CheckpointSocket.Done;
        }
        catch (Exception failure)
        {
            LogNotSaved(failure, folder);
            return failure.Message.ReplaceLineEndings(" ");
        }
    }

    private static async Task<string> ReadLineAsync(NetworkStream stream, CancellationToken cancellation)
    {
        var buffer = new byte[CheckpointSocket.MaxLineBytes];
        for (var length = 0; length < buffer.Length;)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), cancellation);
            if (read == 0) break;
            length += read;
            if (buffer.AsSpan(0, length).IndexOf((byte)'\n') is >= 0 and var end) return Encoding.UTF8.GetString(buffer, 0, end);
        }

        throw new IOException("The line has no end.");
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Checkpoint of the store saved in {Folder}")]
    private partial void LogSaved(string folder);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A checkpoint could not be saved in {Folder}")]
    private partial void LogNotSaved(Exception failure, string folder);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No checkpoints can be asked for, because the socket {Path} cannot be made")]
    private partial void LogNoListener(Exception failure, string path);

    [LoggerMessage(Level = LogLevel.Information, Message = "Whoever asked for a checkpoint did not wait for it")]
    private partial void LogAskerGone(Exception failure);
}
