using System.Net.Sockets;
using System.Text;
using OrleansBroker.Silo.CommandLine;

namespace OrleansBroker.Silo.Checkpoints;

/// <summary><c>orleans-broker checkpoint</c>: asks the broker that has the store open, and waits until the copy is there.</summary>
internal static class CheckpointCommand
{
    /// <exception cref="CheckpointFailedException">There is no broker, or it says why not.</exception>
    public static async Task RunAsync(Invocation.Checkpoint checkpoint, TextWriter output)
    {
        var folder = Path.GetFullPath(checkpoint.Folder);
        string answer;
        try
        {
            answer = await AskAsync(checkpoint.StorePath, folder);
        }
        catch (Exception failure) when (failure is SocketException or IOException or ArgumentException)
        {
            throw new CheckpointFailedException(
                $"checkpoint: no broker that has the store in '{Path.GetFullPath(checkpoint.StorePath)}' open answers: {failure.Message} If none runs, copy the folder.", failure);
        }

        if (answer != CheckpointSocket.Done) throw new CheckpointFailedException($"checkpoint: not saved in '{folder}': {answer}");
        await output.WriteLineAsync($"checkpoint saved in {folder}");
    }

    private static async Task<string> AskAsync(string storePath, string folder)
    {
        using var socket = CheckpointSocket.Create();
        await socket.ConnectAsync(CheckpointSocket.EndPointOf(storePath));
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(folder + "\n"));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadLineAsync() ?? throw new IOException("It ended while it was asked.");
    }
}
