using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OrleansBroker.Gateway.Admission.Passwords;

/// <summary>Looks at the password file at a fixed pace and has it read again when it changed. A file that cannot be used leaves the old users in force.</summary>
public sealed partial class PasswordFileWatcher(PasswordFile file, TimeSpan pace, TimeProvider time, ILogger<PasswordFileWatcher> logger) : IHostedService, IDisposable
{
    private readonly Lock _polling = new();
    private ITimer? _timer;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _timer = time.CreateTimer(static state => ((PasswordFileWatcher)state!).Poll(), this, pace, pace);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _timer?.Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _timer?.Dispose();

    private void Poll()
    {
        // A slow disk may take longer than the pace.
        if (!_polling.TryEnter())
            return;
        try
        {
            if (file.ReloadIfChanged())
                LogReloaded(file.Path, file.Current.Count);
        }
        catch (Exception e)
        {
            // Any: an exception that leaves a timer ends the process.
            LogKept(e.Message);
        }
        finally
        {
            _polling.Exit();
        }
    }
}
