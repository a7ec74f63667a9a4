using OrleansBroker.Fuzz.Tests.Generation;
using OrleansBroker.Fuzz.Tests.Judge;
using OrleansBroker.Fuzz.Tests.Runs;
using OrleansBroker.Gateway.Connections;

namespace OrleansBroker.Fuzz.Tests.Connections;

/// <summary>The real Connection among fakes: whatever comes, it ends once and in order, owes nothing, and has sent what a server may send.</summary>
internal sealed class ConnectionTarget : FuzzTarget
{
    private const int PingReq = 12;
    private const int PingResp = 13;

    private readonly ByteSink _input = new();
    private readonly ClientJudge _judge = new();
    private readonly OutputCheck _output = new();
    private readonly FieldLog _fields = new();
    private readonly long[] _causes = new long[Enum.GetValues<CloseCause>().Length];
    private long _messages;
    private long _connected;

    public override string Name => "connection";

    /// <summary>How often a connection ended for each cause.</summary>
    public IReadOnlyList<long> Causes => _causes;

    public long Connected => _connected;

    public override FuzzInput Generate(FuzzRandom random)
    {
        InputGenerator.WriteClient(random, _input);
        return new FuzzInput(0, random.NextUInt64(), _input.Written.ToArray());
    }

    public override string? Execute(FuzzInput input)
    {
        var execution = new ConnectionExecution(input);
        if (execution.Run() is { } failure)
            return failure;
        _messages += execution.Accepted;
        return CheckEnd(execution) ?? CheckOutput(input, execution);
    }

    public override string Summary()
    {
        var causes = Enum.GetValues<CloseCause>().Where(cause => _causes[(int)cause] > 0).Select(cause => $"{cause} {_causes[(int)cause]}");
        return $"{_connected} connected, {_messages} messages, ended by {string.Join(", ", causes)}";
    }

    private string? CheckEnd(ConnectionExecution execution)
    {
        var rig = execution.Rig;
        if (execution.Log.Faults is [var fault, ..])
            return $"an exception is logged: {fault}";
        if (execution.Log.Causes is not [var cause])
            return $"not closed once: {string.Join(", ", execution.Log.Causes)}";
        _causes[(int)cause]++;
        if (cause == CloseCause.Fault)
            return "closed by a fault: of the broker";
        if (rig.Connection.Phase != ConnectionPhase.Closing || !rig.Transport.IsCloseAsked || !rig.Transport.IsOutputEnded)
            return $"not closed: phase {rig.Connection.Phase}, asked {rig.Transport.IsCloseAsked}, output ended {rig.Transport.IsOutputEnded}";
        if (rig.Connection.Receive(new([0xC0, 0x00]), out var consumed) != ReceiveStatus.Closed || consumed != 0)
            return $"bytes are taken after the end: {consumed}";
        if (rig.Services.Pending.Bytes != 0)
            return $"bytes stay pending: {rig.Services.Pending.Bytes}";
        if (rig.Registry.Count != 0 || rig.Registry.UnconnectedCount != 0)
            return $"still registered: {rig.Registry.Count} connected, {rig.Registry.UnconnectedCount} not";
        return CheckSessionKnows(execution);
    }

    // The session hears once of a connection that it took, unless it ended it itself.
    private static string? CheckSessionKnows(ConnectionExecution execution)
    {
        var control = execution.Rig.Control;
        var isTaken = control.Connects.Count == 1 && control.ConnectAnswer == 0;
        var isEndExpected = isTaken && !execution.IsSessionClosed;
        if (control.Connects.Count > 1)
            return $"the session is asked to connect more than once: {control.Connects.Count}";
        if (control.Ends.Count > 1 || (!isTaken && control.Ends.Count > 0))
            return $"the session hears of an end too often: {control.Ends.Count}";
        return isEndExpected && control.Ends.Count == 0 ? $"the session does not hear of the end: {execution.Log.Causes[0]}" : null;
    }

    private string? CheckOutput(FuzzInput input, ConnectionExecution execution)
    {
        var verdict = _judge.Judge(0, input.Bytes, 0, input.Bytes.Length, FuzzLimits.MaxPacketSize, _fields);
        var isConnect = verdict is { IsWhole: true, MayAccept: true } && input.Bytes[0] >> 4 == 1;
        var output = execution.Rig.Transport.TakeWritten();
        var version = isConnect ? verdict.Version : 0;
        // Of a CONNECT that the broker does not want to read it does not know what the client accepts.
        var maximum = isConnect && verdict.May == Faults.None ? _judge.ClientMaximumPacketSize : uint.MaxValue;
        var aliases = isConnect ? _judge.ClientTopicAliasMaximum : 0;
        if (_output.Check(version, maximum, aliases, output, output.Length) is { } failure)
            return failure;
        if (_output.ConnAckCode == 0 && !isConnect)
            return $"a CONNECT is accepted: the judge refuses with {verdict.Must}";
        _connected += _output.ConnAckCode == 0 ? 1 : 0;
        var pings = execution.OutputFailed || _output.ConnAckCode != 0 ? _output.Count(PingResp) : PingsIn(input.Bytes, execution.Consumed);
        return pings == _output.Count(PingResp) ? null : $"PINGREQ and PINGRESP differ: {pings} and {_output.Count(PingResp)}";
    }

    // The first packet is CONNECT.
    private static int PingsIn(byte[] bytes, int consumed)
    {
        var pings = 0;
        for (var at = 0; at < consumed;)
        {
            var cursor = new Cursor(bytes, at, consumed);
            var first = cursor.Byte();
            var length = cursor.VariableByteInteger(out _, out _);
            pings += first == PingReq << 4 && length == 0 ? 1 : 0;
            at = cursor.At + length;
        }

        return pings;
    }
}
