using Microsoft.Extensions.Logging;
using OrleansBroker.Gateway.Connections;

namespace OrleansBroker.Fuzz.Tests.Connections;

/// <summary>The connection's log: how often it ended, why, and every exception that it had to report.</summary>
internal sealed class ClosingLog : ILogger<ConnectionLog>
{
    private readonly Lock _gate = new();
    private readonly List<CloseCause> _causes = [];
    private readonly List<Exception> _faults = [];

    public IReadOnlyList<CloseCause> Causes
    {
        get
        {
            lock (_gate)
                return [.. _causes];
        }
    }

    public IReadOnlyList<Exception> Faults
    {
        get
        {
            lock (_gate)
                return [.. _faults];
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_gate)
        {
            if (exception is not null)
                _faults.Add(exception);
            if (state is not IReadOnlyList<KeyValuePair<string, object?>> values)
                return;
            foreach (var (name, value) in values)
            {
                if (name == "Cause" && value is CloseCause cause)
                    _causes.Add(cause);
            }
        }
    }
}
