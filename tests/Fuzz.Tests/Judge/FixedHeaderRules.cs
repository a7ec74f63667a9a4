namespace OrleansBroker.Fuzz.Tests.Judge;

/// <summary>The fixed header: MQTT5 section 2.1, MQTT311 section 2.2, MQTT 3.1 section 2.1.</summary>
internal static class FixedHeaderRules
{
    /// <summary>Judges first byte and Remaining Length.</summary>
    /// <param name="remainingLength">−1: not all of it is there.</param>
    /// <param name="isPadded">Left to the caller where the version is not yet known.</param>
    public static Cursor Read(Judgement judgement, byte[] bytes, int start, int end, out int first, out int remainingLength, out bool isPadded)
    {
        var cursor = new Cursor(bytes, start, end);
        first = cursor.Byte();
        isPadded = false;
        remainingLength = -1;
        if (cursor.IsShort)
            return cursor;

        CheckFirst(judgement, first >> 4, first & 15);
        remainingLength = cursor.VariableByteInteger(out var isTooLong, out isPadded);
        if (isTooLong)
            judgement.Must(Faults.Malformed);
        else if (cursor.IsShort)
            remainingLength = -1;
        if (isPadded && judgement.Version == 5)
            judgement.Must(Faults.Malformed); // [MQTT5-1.5.5-1]; 3.x says nothing of it
        return cursor;
    }

    private static void CheckFirst(Judgement judgement, int type, int flags)
    {
        if (type == 0 || (type == 15 && judgement.Version is 3 or 4))
            judgement.Must(Faults.Malformed);
        if (type is 0 or 3)
            return; // PUBLISH has flags of its own
        var wanted = type is 6 or 8 or 10 ? 2 : 0;
        if (flags == wanted)
            return;
        if (judgement.Version is 4 or 5)
            judgement.Must(Faults.Malformed); // [MQTT5-2.1.3-1] [MQTT311-2.2.2-2]
        else if (!(judgement.Version == 3 && wanted == 2 && flags == 10)) // 3.1: DUP may be set on PUBREL, SUBSCRIBE, UNSUBSCRIBE
            judgement.May(Faults.Malformed); // 3.1 calls them unused
    }
}
