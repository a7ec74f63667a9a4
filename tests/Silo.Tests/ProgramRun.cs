using System.Diagnostics;
using System.Globalization;

namespace OrleansBroker.Silo.Tests;

/// <summary>The real program in a process of its own, started in a folder of its own.</summary>
internal sealed class ProgramRun : IAsyncDisposable
{
    private const string ReadyWord = "ready ";

    // Generous: the machine may be busy with other builds.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Task<string> _errors;

    private ProgramRun(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public int ProcessId => _process.Id;

    public static ProgramRun Start(string folder, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "orleans-broker"), arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new(Process.Start(start)!);
    }

    /// <summary>What the ready line says.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ReadyAsync()
    {
        string? line = await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience);
        if (line is null)
            Assert.Fail(await _errors);
        Assert.StartsWith(ReadyWord, line, StringComparison.Ordinal);
        return line[ReadyWord.Length..].Split(' ').Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
    }

    public void WriteInput(string text)
    {
        _process.StandardInput.Write(text);
        _process.StandardInput.Close();
    }

    /// <summary>SIGTERM.</summary>
    public async Task TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Waits for the end.</summary>
    public async Task<(int ExitCode, string Output, string Errors)> EndAsync()
    {
        string output = await _process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(Patience);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience);
        return (_process.ExitCode, output, await _errors);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }
}
