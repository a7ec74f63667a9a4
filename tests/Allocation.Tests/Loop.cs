using OrleansBroker.Gateway.Connections;

namespace OrleansBroker.Allocation.Tests;

/// <summary>What a transport's loop is, on the test's own thread: input is handled in turns, and each turn writes once what it made dirty.</summary>
internal sealed class Loop : IDisposable
{
    // Only so that a failure ends.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<LoopClient> _clients = [];
    private readonly ManualResetEventSlim _awake = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;

    public bool IsCurrent => Environment.CurrentManagedThreadId == _thread;

    public LoopClient Add(GatewayServices gateway)
    {
        var client = new LoopClient(this, gateway);
        _clients.Add(client);
        return client;
    }

    /// <summary>Output of a client is ready; on any thread.</summary>
    public void Wake() => _awake.Set();

    /// <summary>One turn in which a client's bytes come in.</summary>
    public static void Turn(LoopClient client, ReadOnlySpan<byte> bytes)
    {
        OutputTurn.Begin();
        client.Receive(bytes);
        OutputTurn.End();
    }

    /// <summary>Turns until the clients have read and answered everything and a state is reached, which another thread may bring about.</summary>
    public void RunUntil<TState>(TState state, Func<TState, bool> isReached)
    {
        while (true)
        {
            _awake.Reset();
            while (TurnOnce())
            {
            }

            if (isReached(state))
                return;
            if (!_awake.Wait(Patience))
                throw new TimeoutException("What was to come has not come.");
        }
    }

    public void Dispose() => _awake.Dispose();

    private bool TurnOnce()
    {
        var did = false;
        OutputTurn.Begin();
        foreach (var client in _clients)
        {
            did |= client.FlushIfDue();
            if (!client.HasAnswers)
                continue;
            client.SendAnswers();
            did = true;
        }

        OutputTurn.End();
        return did;
    }
}
