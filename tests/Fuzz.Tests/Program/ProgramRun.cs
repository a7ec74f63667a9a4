using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using OrleansBroker.Fuzz.Tests.Generation;
using OrleansBroker.Fuzz.Tests.Runs;
using OrleansBroker.TestKit;

namespace OrleansBroker.Fuzz.Tests.Program;

/// <summary>The real program, met by many sockets at once; after each batch it must still serve a client that breaks nothing.</summary>
internal sealed partial class ProgramRun(FuzzOptions options) : IAsyncDisposable
{
    public const int MaxPacketSize = 4096;

    private const int BatchSize = 48;

    // Heap, thread pool, code and the sessions that a run makes have their size by then.
    private const int WarmUpExecutions = 1_000;

    // The collector lets the heap breathe; a leak of 4 KiB for each of 50,000 executions is more.
    private const long MaxGrowthBytes = 192 * 1024 * 1024;

    // Sockets of the last batch may not be gone yet; a handle leaked in each thousandth execution is found by a long run.
    private const int MaxMoreHandles = 24;
    private const int HandleChecks = 2_000;

    private readonly ByteSink _bytes = new();
    private BrokerProcess? _broker;
    private RawClient? _control;
    private long _executions;
    private long _resident;
    private int _handles;

    public async Task RunAsync()
    {
        // Sessions end soon after their connections, so that what stays is a leak.
        _broker = await BrokerProcess.StartAsync(
            $"Broker:Limits:MaxPacketSize={MaxPacketSize.ToString(CultureInfo.InvariantCulture)}",
            "Broker:Limits:MaxSessionExpiry=00:00:01",
            "Broker:Limits:MaxRetainedMessages=100",
            "Broker:Limits:MaxQueuedMessages=100",
            "Logging:LogLevel:Default=Error");
        _control = await RawClient.ConnectAsync(_broker.Tcp, new ConnectRequest(MqttVersion.V50, Unique.ClientId()));
        await _control.SubscribeAsync("fuzz/control", 1);
        Console.WriteLine($"fuzz program: seed {options.Seed}, first {options.First}");
        var started = TimeProvider.System.GetTimestamp();
        while (_executions < options.Executions)
        {
            await RunBatchAsync();
            if (_resident == 0 && _executions >= WarmUpExecutions && ProcessUsage.IsKnown && !BrokerProcess.IsForeign)
                (_resident, _handles) = (ProcessUsage.ResidentBytes(_broker.ProcessId), ProcessUsage.Handles(_broker.ProcessId));
            if (options.Time >= TimeSpan.Zero && TimeProvider.System.GetElapsedTime(started) >= options.Time)
                break;
        }

        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine($"fuzz program: {_executions} executions in {seconds:F1} s, {_executions / seconds:F0}/s; {await UsageAsync()}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_control is not null)
            await _control.DisposeAsync();
        if (_broker is not null)
            await _broker.DisposeAsync();
    }

    private async Task RunBatchAsync()
    {
        var batch = new List<FuzzSocket>();
        for (var i = 0; i < BatchSize; i++)
        {
            var random = FuzzRandom.Of(options.Seed, options.First + _executions++);
            InputGenerator.WriteClient(random, _bytes);
            batch.Add(new FuzzSocket(_broker!.Tcp, new FuzzInput(0, random.NextUInt64(), _bytes.Written.ToArray())));
        }

        var failures = await Task.WhenAll(batch.Select(socket => socket.RunAsync()));
        for (var i = 0; i < failures.Length; i++)
        {
            if (failures[i] is { } failure)
                Fail(failure, [batch[i].Input]);
        }

        try
        {
            await RoundTripAsync();
        }
        catch (UnexpectedFrameException failure)
        {
            Fail($"another client is not served: {failure.Message}", [.. batch.Select(socket => socket.Input)]);
        }

        CheckLog(batch);
    }

    private async Task RoundTripAsync()
    {
        var text = _executions.ToString(CultureInfo.InvariantCulture);
        await _control!.PublishAsync("fuzz/control", text, qos: 1);
        var received = await _control.ReceiveAsync();
        if (Encoding.UTF8.GetString(received.Payload) != text)
            throw new UnexpectedFrameException($"{text} expected, but came {Encoding.UTF8.GetString(received.Payload)}");
    }

    private void CheckLog(List<FuzzSocket> batch)
    {
        if (BrokerProcess.IsForeign)
            return;
        var error = _broker!.Output.Split('\n').Concat(_broker.Errors.Split('\n')).FirstOrDefault(IsError);
        if (error is not null)
            Fail($"the program logs an error: {error}", [.. batch.Select(socket => socket.Input)]);
    }

    // No client may cause an error, and nothing but the ready line may come outside of the log.
    private static bool IsError(string line) => line.Length > 0 && !line.StartsWith("ready ", StringComparison.Ordinal) && !Harmless().IsMatch(line);

    // 2026-01-31T12:00:00.000Z warn …
    [GeneratedRegex(@"^\S+Z (?:trace|debug|info|warn) ")]
    private static partial Regex Harmless();

    private async Task<string> UsageAsync()
    {
        if (_resident == 0)
            return "usage not measured";
        var handles = ProcessUsage.Handles(_broker!.ProcessId);
        for (var i = 0; handles > _handles + MaxMoreHandles && i < HandleChecks; i++)
        {
            await RoundTripAsync();
            handles = ProcessUsage.Handles(_broker.ProcessId);
        }

        var growth = ProcessUsage.ResidentBytes(_broker.ProcessId) - _resident;
        Assert.True(handles <= _handles + MaxMoreHandles, $"{handles} handles, {_handles} after {WarmUpExecutions} executions");
        Assert.True(growth <= MaxGrowthBytes, $"{growth} bytes of resident memory more than after {WarmUpExecutions} executions");
        return $"resident {_resident / 1024 / 1024} MiB and {growth / 1024 / 1024} MiB more, handles {_handles} and then {handles}";
    }

    private void Fail(string failure, IReadOnlyList<FuzzInput> inputs)
    {
        var text = $"program: {failure}\nseed {options.Seed}, execution {options.First + _executions - BatchSize} and those behind it";
        var files = inputs.Select((input, index) => FindingFile.Write("program", index, text, input)).ToList();
        Assert.Fail($"{text}\ninputs in {files[0]} and {files.Count - 1} more");
    }
}
