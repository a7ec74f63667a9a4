using System.Diagnostics.Tracing;

namespace OrleansBroker.Scale;

/// <summary>Every time that the collector stops the program's threads: from the request to the restart, by the runtime's own events.</summary>
internal sealed class PauseListener : EventListener
{
    private const EventKeywords GarbageCollection = (EventKeywords)1;

    private readonly Lock _gate = new();
    private readonly List<double> _pauses = [];
    private DateTime _began;

    /// <summary>What has been since the last call, in words.</summary>
    public string Take()
    {
        lock (_gate)
        {
            if (_pauses.Count == 0)
                return "none";
            var text = $"{_pauses.Count}, longest {_pauses.Max():F1} ms, together {_pauses.Sum():F1} ms";
            _pauses.Clear();
            return text;
        }
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        ArgumentNullException.ThrowIfNull(eventSource);
        if (eventSource.Name == "Microsoft-Windows-DotNETRuntime")
            EnableEvents(eventSource, EventLevel.Informational, GarbageCollection);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        ArgumentNullException.ThrowIfNull(eventData);
        // The base's constructor may bring events before this object's fields are there.
        if (_gate is null || _pauses is null)
            return;
        lock (_gate)
        {
            if (eventData.EventName?.StartsWith("GCSuspendEEBegin", StringComparison.Ordinal) == true)
                _began = eventData.TimeStamp;
            else if (eventData.EventName?.StartsWith("GCRestartEEEnd", StringComparison.Ordinal) == true && _began != default)
                _pauses.Add((eventData.TimeStamp - _began).TotalMilliseconds);
        }
    }
}
