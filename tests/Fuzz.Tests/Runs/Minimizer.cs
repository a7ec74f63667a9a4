namespace OrleansBroker.Fuzz.Tests.Runs;

/// <summary>Makes a failing input smaller as long as it fails in the same way: greedily, by leaving out ever shorter pieces.</summary>
internal static class Minimizer
{
    private const int MostAttempts = 5_000;

    public static FuzzInput Minimize(FuzzTarget target, FuzzInput input, string kind)
    {
        var attempts = 0;
        for (var length = Math.Max(1, input.Bytes.Length / 2); ; length /= 2)
        {
            for (var at = 0; at + length <= input.Bytes.Length && attempts < MostAttempts;)
            {
                attempts++;
                var shorter = input with { Bytes = [.. input.Bytes[..at], .. input.Bytes[(at + length)..]] };
                if (FuzzRun.Failure(target, shorter) is { } failure && FuzzRun.KindOf(failure) == kind)
                    input = shorter;
                else
                    at += length;
            }

            if (length == 1)
                return input;
        }
    }
}
