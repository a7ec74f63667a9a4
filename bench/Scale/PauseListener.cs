using System.Diagnostics.Tracing;

namespace OrleansBroker.Scale;

/// <summary>Every time that the collector stops the program's threads: from the request to the restart, by the runtime's own events.</summary>
internal sealed class PauseListener : EventListener
{
    private const EventKeywords GarbageCollection = (EventKeywords)1;

    private readonly Lock _gate = new();
    private readonly List<(double Milliseconds, string What)> _pauses = [];
    private DateTime _began;
    private string _what = "";

    /// <summary>What has been since the last call, in words.</summary>
    public string Take()
    {
        lock (_gate)
        {
            if (_pauses.Count == 0)
                return "none";
            var text = $"{_pauses.Count}, longest {_pauses.Max().Milliseconds:F1} ms ({_pauses.Max().What}), together {_pauses.Sum(static pause => pause.Milliseconds):F1} ms";
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
                (_began, _what) = (eventData.TimeStamp, "a background collection's own");
            else if (eventData.EventName?.StartsWith("GCStart", StringComparison.Ordinal) == true)
                _what = $"generation {eventData.Payload![1]}, reason {eventData.Payload[2]}, type {eventData.Payload[3]}"; // as in the runtime's documentation of GCStart_V2
            else if (eventData.EventName?.StartsWith("GCRestartEEEnd", StringComparison.Ordinal) == true && _began != default)
                _pauses.Add(((eventData.TimeStamp - _began).TotalMilliseconds, _what));
        }
    }
}
