using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OrleansBroker.Gateway.Admission;
using OrleansBroker.Gateway.Admission.Passwords;

namespace OrleansBroker.Gateway.Tests.Admission;

public sealed class AdmissionFileWatcherTests : IDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(2);

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly RecordingLogger _log = new();
    private readonly PasswordFile _file;
    private readonly AdmissionFileWatcher _watcher;

    public AdmissionFileWatcherTests()
    {
        _file = PasswordFile.Open(_folder.Write("users", ""));
        _watcher = new(_file, Pace, _time, _log);
    }

    [Fact]
    public async Task Poll_FileChanged_BringsTheNewUsers()
    {
        await _watcher.StartAsync(TestContext.Current.CancellationToken);
        PasswordFileWriter.Set(_file.Path, new("ann", PasswordHash.Create("one"u8, PasswordHash.MinIterations)));

        Assert.Null(_file.Current.Find("ann"));
        _time.Advance(Pace);

        Assert.NotNull(_file.Current.Find("ann"));
        Assert.Equal([LogLevel.Information], _log.Levels);
    }

    [Fact]
    public async Task Poll_FileBrokenThenGoneThenMended_KeepsTheOldUsersUntilThen()
    {
        PasswordFileWriter.Set(_file.Path, new("ann", PasswordHash.Create("one"u8, PasswordHash.MinIterations)));
        Assert.True(_file.ReloadIfChanged());
        string good = File.ReadAllText(_file.Path);
        await _watcher.StartAsync(TestContext.Current.CancellationToken);

        File.WriteAllText(_file.Path, "not a password file");
        _time.Advance(Pace);
        _time.Advance(Pace);
        Assert.NotNull(_file.Current.Find("ann"));
        Assert.Equal([LogLevel.Error], _log.Levels);

        File.Delete(_file.Path);
        _time.Advance(Pace);
        _time.Advance(Pace);
        Assert.NotNull(_file.Current.Find("ann"));
        Assert.Equal([LogLevel.Error, LogLevel.Error], _log.Levels);

        File.WriteAllText(_file.Path, good + good.Replace("ann", "bob", StringComparison.Ordinal));
        _time.Advance(Pace);
        Assert.NotNull(_file.Current.Find("bob"));
        Assert.Equal([LogLevel.Error, LogLevel.Error, LogLevel.Information], _log.Levels);
    }

    [Fact]
    public async Task Poll_LinkTurnedToAnotherFile_BringsItsUsers()
    {
        string first = _folder.Write("first", "");
        string second = _folder.Write("second", new PasswordRecord("ann", PasswordHash.Create("one"u8, PasswordHash.MinIterations)).ToString());
        string link = _folder.PathOf("link");
        File.CreateSymbolicLink(link, first);
        var file = PasswordFile.Open(link);
        using var watcher = new AdmissionFileWatcher(file, Pace, _time, _log);
        await watcher.StartAsync(TestContext.Current.CancellationToken);

        File.Delete(link);
        File.CreateSymbolicLink(link, second);
        _time.Advance(Pace);

        Assert.NotNull(file.Current.Find("ann"));
    }

    [Fact]
    public async Task StopAsync_FileChangedLater_IsNotRead()
    {
        await _watcher.StartAsync(TestContext.Current.CancellationToken);
        await _watcher.StopAsync(TestContext.Current.CancellationToken);
        PasswordFileWriter.Set(_file.Path, new("ann", PasswordHash.Create("one"u8, PasswordHash.MinIterations)));

        _time.Advance(Pace);

        Assert.Null(_file.Current.Find("ann"));
    }

    public void Dispose()
    {
        _watcher.Dispose();
        _folder.Dispose();
    }

    private sealed class RecordingLogger : ILogger<AdmissionFileWatcher>
    {
        public List<LogLevel> Levels { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Levels.Add(logLevel);
    }
}
