using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OrleansBroker.Clustering.AzureTables;
using OrleansBroker.Clustering.Postgres;

namespace OrleansBroker.Clustering.Tests;

/// <summary>Notes the lines that a table logs.</summary>
public sealed class RecordingLog : ILogger<PostgresMembershipTable>, ILogger<AzureTablesMembershipTable>
{
    public ConcurrentQueue<string> Lines { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue(formatter(state, exception));
}
