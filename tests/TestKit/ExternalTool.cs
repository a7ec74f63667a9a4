using System.Diagnostics;
using System.Text;

namespace OrleansBroker.TestKit;

/// <summary>A command that a test runs. Its output is captured; it is killed with its children when it is disposed of or too slow.</summary>
public sealed class ExternalTool : IAsyncDisposable
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _outputEnded;

    private ExternalTool(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Append(_output, line.Data, isOutput: true);
        process.ErrorDataReceived += (_, line) => Append(_errors, line.Data, isOutput: false);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int ProcessId => _process.Id;

    public string Output => Read(_output);

    public string Errors => Read(_errors);

    /// <summary>Starts the command and returns at once.</summary>
    public static ExternalTool Start(string folder, string command, params IEnumerable<string> arguments)
    {
        var info = new ProcessStartInfo(command, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        return new ExternalTool(new Process { StartInfo = info });
    }

    /// <summary>Runs the command to its end.</summary>
    public static async Task<ToolResult> RunAsync(string command, params IReadOnlyList<string> arguments)
    {
        await using var tool = Start(Environment.CurrentDirectory, command, arguments);
        return await tool.WaitAsync();
    }

    /// <summary>Waits for the end of the command.</summary>
    public async Task<ToolResult> WaitAsync(TimeSpan? timeout = null)
    {
        try
        {
            await _process.WaitForExitAsync().WaitAsync(timeout ?? DefaultTimeout, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{_process.StartInfo.FileName} did not end within {timeout ?? DefaultTimeout}\n{Output}\n{Errors}");
        }

        return new ToolResult(_process.ExitCode, Output, Errors);
    }

    /// <summary>Waits for a whole line on the command's output that begins with this.</summary>
    public async Task<string> WaitForLineAsync(string start, TimeSpan? timeout = null)
    {
        var deadline = TimeProvider.System.GetTimestamp() + (long)((timeout ?? DefaultTimeout).TotalSeconds * TimeProvider.System.TimestampFrequency);
        while (true)
        {
            Task changed;
            bool ended;
            lock (_lock)
            {
                changed = _changed.Task;
                ended = _outputEnded;
            }

            var line = Output.Split('\n').FirstOrDefault(line => line.StartsWith(start, StringComparison.Ordinal));
            if (line is not null)
                return line;
            var left = TimeProvider.System.GetElapsedTime(TimeProvider.System.GetTimestamp(), deadline);
            if (ended || left <= TimeSpan.Zero)
                throw new InvalidOperationException($"'{start}' not printed by {_process.StartInfo.FileName}\n{Output}\n{Errors}");
            await Task.WhenAny(changed, Task.Delay(left, TimeProvider.System));
        }
    }

    public async Task SignalAsync(string signal) =>
        (await RunAsync("kill", "-s", signal, ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture))).EnsureSuccess();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Append(StringBuilder target, string? line, bool isOutput)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            if (line is not null)
                target.Append(line).Append('\n');
            else
                _outputEnded |= isOutput;
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }

    private string Read(StringBuilder source)
    {
        lock (_lock)
            return source.ToString();
    }
}
