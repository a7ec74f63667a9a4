using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Gateway.Connections;

/// <summary>
/// A transport's turn on the current thread: what is appended to any connection's output meanwhile is written once for each
/// connection when the turn ends. Without a turn the writing is scheduled at once. What a large fan-out appends is left to <see cref="FanOutOutput"/>.
/// </summary>
internal static class OutputTurn
{
    // More stays from a large fan-out only until its turn ends.
    private const int KeptCapacity = 1024;

    [ThreadStatic]
    private static List<IConnectionTransport>? _dirty;

    [ThreadStatic]
    private static IJournalTurns? _journals;

    [ThreadStatic]
    private static int _depth;

    [ThreadStatic]
    private static List<IConnectionTransport>? _ofFanOut;

    [ThreadStatic]
    private static bool _isFanOut;

    /// <param name="journals">Whose commits the turn's end begins, or null.</param>
    public static void Begin(IJournalTurns? journals = null)
    {
        if (_depth++ == 0 && journals?.TryBegin() == true)
            _journals = journals;
    }

    /// <summary>
    /// Commits what the turn appended to journals, then writes what became dirty, acknowledgements that the commit released included; a turn within a turn
    /// leaves that to the outer one. Call where nothing is locked.
    /// </summary>
    public static void End()
    {
        try
        {
            if (_depth == 1)
                EndOutermost();
        }
        finally
        {
            _depth--;
        }
    }

    /// <summary>PUBLISH packets that are appended from here to <see cref="EndFanOut"/> are of no turn.</summary>
    public static void BeginFanOut() => _isFanOut = true;

    /// <summary>On the thread that began; it may hold the shard's monitor.</summary>
    /// <param name="output">Takes what was appended.</param>
    /// <param name="receiversToCome">Of the same fan-out, in its next slices.</param>
    public static void EndFanOut(FanOutOutput output, int receiversToCome)
    {
        _isFanOut = false;
        var dirty = _ofFanOut ??= [];
        output.Add(dirty, receiversToCome);
        dirty.Clear();
        if (dirty.Capacity > KeptCapacity)
            _ofFanOut = null;
    }

    private static void EndOutermost()
    {
        var journals = _journals;
        _journals = null;
        journals?.End();
        if (_dirty is { Count: > 0 } dirty)
            FlushAll(dirty);
    }

    /// <summary>To be called once for each change from clean to dirty, after the connection's lock is left.</summary>
    /// <param name="isDelivery">A PUBLISH packet made it dirty: the acknowledgement to a large fan-out's publisher does not wait for all its receivers.</param>
    public static void Enlist(IConnectionTransport transport, bool isDelivery)
    {
        if (_isFanOut && isDelivery)
            (_ofFanOut ??= []).Add(transport);
        else if (_depth == 0)
            transport.ScheduleFlush();
        else
            (_dirty ??= []).Add(transport);
    }

    private static void FlushAll(List<IConnectionTransport> dirty)
    {
        // A flush may tell a session of room and so make other connections dirty: the list grows while it is walked.
        for (var i = 0; i < dirty.Count; i++)
            dirty[i].Flush();

        dirty.Clear();
        if (dirty.Capacity > KeptCapacity)
            _dirty = null;
    }
}
