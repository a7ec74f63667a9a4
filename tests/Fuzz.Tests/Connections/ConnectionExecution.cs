using System.Buffers;
using OrleansBroker.Fuzz.Tests.Generation;
using OrleansBroker.Fuzz.Tests.Runs;
using OrleansBroker.Gateway.Admission;
using OrleansBroker.Gateway.Connections;
using OrleansBroker.Gateway.Tests.Connections;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Fuzz.Tests.Connections;

/// <summary>One connection's life: bytes in pieces, answers early and late, an end. Everything but the bytes comes from the input's seed.</summary>
internal sealed class ConnectionExecution
{
    private const int ShortestPiece = 1;
    private const int LongestPiece = 40;

    // Far more than a control operation on fakes takes on any machine: who is not idle by then never will be.
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(30);

    private readonly FuzzRandom _random;
    private readonly byte[] _bytes;
    private readonly HeldWork _held;
    private readonly AnsweringSession _answers;
    private readonly TaskCompletionSource? _connectGate;
    private readonly TaskCompletionSource? _controlGate;
    private Task _elsewhere = Task.CompletedTask;
    private int _consumed;
    private bool _isSessionClosed;

    public ConnectionExecution(FuzzInput input)
    {
        _random = new FuzzRandom(input.Seed);
        _bytes = input.Bytes;
        Rig = new ConnectionRig(FuzzLimits.Choose(_random), log: Log, methods: _random.Chance(80) ? new([new FakeMethod()]) : null);
        _held = new HeldWork(new FuzzRandom(_random.NextUInt64()));
        _answers = new AnsweringSession(Rig, _random, _held);
        if (_random.Chance(20))
            Rig.Control.ConnectGate = _connectGate = new TaskCompletionSource();
        if (_random.Chance(20))
            Rig.Control.ControlGate = _controlGate = new TaskCompletionSource();
        if (_random.Chance(5))
            Rig.Admission.Result = AuthenticationResult.NotAuthorized;
        if (_random.Chance(5))
            Rig.Control.ConnectAnswer = ReasonCode.ServerUnavailable;
        if (_random.Chance(20))
            Rig.Admission.ForbiddenTopics.Add("a/b");
        if (_random.Chance(20))
            Rig.Admission.ForbiddenFilters.Add("#");
        Rig.Transport.IsBlocked = _random.Chance(15);
    }

    public ConnectionRig Rig { get; }

    public ClosingLog Log { get; } = new();

    public int Consumed => _consumed;

    public bool IsSessionClosed => _isSessionClosed;

    public int Accepted => _answers.Accepted;

    /// <summary>What was written last is not whole: the network broke.</summary>
    public bool OutputFailed { get; private set; }

    /// <returns>What went wrong on the way, or null.</returns>
    public string? Run()
    {
        if (Feed() is { } failure)
            return failure;
        End();
        return _answers.Failure ?? Finish();
    }

    private string? Feed()
    {
        var available = 0;
        while (true)
        {
            Rig.Transport.ForgetResumes();
            var status = Receive(available, out var handled);
            if (handled < 0 || handled > available - _consumed)
                return $"Receive consumed what was not there: {handled} of {available - _consumed}";
            _consumed += (int)handled;
            if (status == ReceiveStatus.Closed)
                return null;
            if (status == ReceiveStatus.Paused && !Resume())
                return $"paused for ever: after {_consumed} of {available} bytes in phase {Rig.Connection.Phase}";
            if (status == ReceiveStatus.NeedMoreData)
            {
                if (available == _bytes.Length)
                    return null;
                available = NextPiece(available);
            }

            if (_random.Chance(40))
                Act();
        }
    }

    private ReceiveStatus Receive(int available, out long handled)
    {
        var input = Pieces(_bytes.AsMemory(_consumed, available - _consumed));
        OutputTurn.Begin();
        try
        {
            return Rig.Connection.Receive(in input, out handled);
        }
        finally
        {
            OutputTurn.End();
        }
    }

    private int NextPiece(int available)
    {
        var length = _random.Chance(30) ? _bytes.Length - available : _random.Next(ShortestPiece, LongestPiece);
        return Math.Min(_bytes.Length, available + length);
    }

    // One segment, or up to three.
    private ReadOnlySequence<byte> Pieces(ReadOnlyMemory<byte> bytes)
    {
        if (_random.Chance(50) || bytes.Length < 3)
            return new ReadOnlySequence<byte>(bytes);
        var first = 1 + _random.Next(bytes.Length - 2);
        var second = first + 1 + _random.Next(bytes.Length - first - 1);
        return Segments.Of(bytes[..first].ToArray(), bytes[first..second].ToArray(), bytes[second..].ToArray());
    }

    /// <summary>Something that is not the client's doing.</summary>
    private void Act()
    {
        switch (_random.Next(12))
        {
            case 0 or 1:
                _held.ReleaseOne();
                break;
            case 2:
                _held.ReleaseAll();
                break;
            case 3 when _elsewhere.IsCompleted:
                _answers.IsUncertain = true;
                _elsewhere = Task.Run(_held.ReleaseAll);
                break;
            case 4 or 5 when Rig.Connection.Phase == ConnectionPhase.Attached:
                _answers.Deliver();
                break;
            case 6:
                Rig.Transport.Unblock();
                break;
            case 7:
                Rig.Transport.IsBlocked = _random.Chance(30);
                break;
            case 8:
                _connectGate?.TrySetResult();
                break;
            case 9:
                _controlGate?.TrySetResult();
                break;
            case 10 when _random.Chance(10):
                CloseFromInside();
                break;
        }
    }

    private void CloseFromInside()
    {
        switch (_random.Next(3))
        {
            case 0:
                Rig.Connection.Shutdown();
                break;
            case 1:
                Rig.Connection.ConnectTimedOut();
                break;
            case 2 when Rig.Connection.Phase == ConnectionPhase.Attached:
                _isSessionClosed = true;
                Rig.Connection.Close(ReasonCode.SessionTakenOver);
                break;
        }
    }

    private bool Resume()
    {
        ReleaseEverything();
        return Rig.Transport.Resumes > 0 || Rig.Connection.Phase == ConnectionPhase.Closing;
    }

    private void ReleaseEverything()
    {
        _connectGate?.TrySetResult();
        _controlGate?.TrySetResult();
        _held.ReleaseAll();
        _elsewhere.Wait();
        _held.ReleaseAll();
        Rig.Transport.Unblock();
    }

    private void End()
    {
        if (_random.Chance(10))
            CloseFromInside();
        OutputFailed = _random.Chance(10);
        if (OutputFailed)
            Rig.Connection.OutputFailed();
        else
            Rig.Connection.InputEnded();
    }

    private string? Finish()
    {
        ReleaseEverything();
        if (!Rig.Connection.ControlIdleAsync().Wait(IdleTimeout))
            return "the control operations never end: the connection closed";
        // What the last operations left.
        ReleaseEverything();
        return null;
    }
}
