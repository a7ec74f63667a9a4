using System.Net.Sockets;
using OrleansBroker.Fuzz.Tests.Connections;
using OrleansBroker.Fuzz.Tests.Generation;
using OrleansBroker.Fuzz.Tests.Judge;
using OrleansBroker.Fuzz.Tests.Runs;
using OrleansBroker.TestKit;

namespace OrleansBroker.Fuzz.Tests.Program;

/// <summary>One input on a socket of its own: sent in pieces, ended, and all that comes back judged.</summary>
internal sealed class FuzzSocket(Endpoint endpoint, FuzzInput input)
{
    private const int ReadBytes = 16 * 1024;

    // A closing broker writes what is left and waits for nobody; this is for a machine that has no time.
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(60);

    private readonly FuzzRandom _random = new(input.Seed);

    public FuzzInput Input { get; } = input;

    /// <returns>What is wrong, or null.</returns>
    public async Task<string?> RunAsync()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(endpoint.Host, endpoint.Port);
        var received = new ByteSink();
        try
        {
            await Task.WhenAll(SendAsync(socket), ReadAsync(socket, received));
        }
        catch (OperationCanceledException)
        {
            return $"the broker does not end the connection: after {EndTimeout}";
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return null; // a reset, by the broker or by us: what it had sent may be lost
        }

        return Check(received);
    }

    private async Task SendAsync(Socket socket)
    {
        for (var at = 0; at < Input.Bytes.Length;)
        {
            var length = _random.Chance(60) ? Input.Bytes.Length - at : 1 + _random.Next(Input.Bytes.Length - at);
            await socket.SendAsync(Input.Bytes.AsMemory(at, length));
            at += length;
        }

        // The second as a crashed device does.
        if (_random.Chance(85))
            socket.Shutdown(SocketShutdown.Send);
        else
            socket.Close(timeout: 0);
    }

    private static async Task ReadAsync(Socket socket, ByteSink received)
    {
        using var time = new CancellationTokenSource(EndTimeout, TimeProvider.System);
        var buffer = new byte[ReadBytes];
        while (await socket.ReceiveAsync(buffer, time.Token) is > 0 and var count)
            received.Raw(buffer.AsSpan(0, count));
    }

    private string? Check(ByteSink received)
    {
        var judge = new ClientJudge();
        var verdict = judge.Judge(0, Input.Bytes, 0, Input.Bytes.Length, ProgramRun.MaxPacketSize, new FieldLog());
        var isConnect = verdict is { IsWhole: true, MayAccept: true } && Input.Bytes[0] >> 4 == 1;
        var check = new OutputCheck();
        var failure = check.Check(
            isConnect ? verdict.Version : 0,
            isConnect && verdict.May == Faults.None ? judge.ClientMaximumPacketSize : uint.MaxValue,
            isConnect ? judge.ClientTopicAliasMaximum : 0,
            received.Buffer,
            received.Length);
        return failure ?? (check.ConnAckCode == 0 && !isConnect ? $"a CONNECT is accepted: the judge refuses with {verdict.Must}" : null);
    }
}
