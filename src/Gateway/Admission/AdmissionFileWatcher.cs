using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OrleansBroker.Gateway.Admission;

/// <summary>Looks at a file at a fixed pace and has it read again when it changed. One that cannot be used leaves what was in force.</summary>
public sealed partial class AdmissionFileWatcher(IReloadedFile file, TimeSpan pace, TimeProvider time, ILogger<AdmissionFileWatcher> logger) : IHostedService, IDisposable
{
    private readonly Lock _polling = new();
    private ITimer? _timer;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _timer = time.CreateTimer(static state => ((AdmissionFileWatcher)state!).Poll(), this, pace, pace);
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
                LogReloaded(file.Path, file.Content);
        }
        catch (Exception e)
        {
            // Any: an exception that leaves a timer ends the process.
            LogKept(file.Path, e.Message);
        }
        finally
        {
            _polling.Exit();
        }
    }
}
